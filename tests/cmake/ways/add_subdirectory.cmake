add_subdirectory("${MCUFORGE_SOURCE}" mcuforge)
