"""One file per operator. `operator_kind.operator_kinds` discovers the files of this folder."""
