"""One file per source format. `loader.loaders_by_format` discovers the files of this folder."""
