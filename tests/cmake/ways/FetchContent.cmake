include(FetchContent)
FetchContent_Declare(mcuforge GIT_REPOSITORY "${MCUFORGE_REPOSITORY}" GIT_TAG main)
FetchContent_MakeAvailable(mcuforge)
