find_package(mcuforge REQUIRED)
