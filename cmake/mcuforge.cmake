# SPDX-License-Identifier: Apache-2.0
# Models in CMake projects. What is built, from what and with which flags is decided by `mcuforge plan`; this file prints
# it as CMake, and keeps the host's compiler, flags and linker script.
#
#   mcuforge_add_model(TARGET kws MANIFEST projects/kws/project.yaml BOARD nrf5340)
#   target_link_libraries(firmware PRIVATE kws)
#   mcuforge_check_budget(TARGET firmware MODEL kws)
include_guard(GLOBAL)
cmake_minimum_required(VERSION 3.19)

# A Python 3.11 or newer that has mcuforge's dependencies. Absent: what CMake finds.
if(NOT MCUFORGE_PYTHON)
  find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
  set(MCUFORGE_PYTHON "${Python3_EXECUTABLE}" CACHE FILEPATH "The Python that runs mcuforge")
endif()

# The package lies beside this folder in a checkout, and in `cmake --install`'s tree; in a wheel, two folders up.
foreach(candidate "${CMAKE_CURRENT_LIST_DIR}/../site_scons" "${CMAKE_CURRENT_LIST_DIR}/../../..")
  if(EXISTS "${candidate}/mcuforge/cli.py")
    get_filename_component(candidate "${candidate}" ABSOLUTE)
    set_property(GLOBAL PROPERTY MCUFORGE_PACKAGE "${candidate}")
    break()
  endif()
endforeach()

# The words before the name of a module: an interpreter that finds the package, and leaves no bytecode in its sources.
function(_mcuforge_python variable)
  get_property(package GLOBAL PROPERTY MCUFORGE_PACKAGE)
  set(${variable}
    "${CMAKE_COMMAND}" -E env "PYTHONPATH=${package}" PYTHONDONTWRITEBYTECODE=1 "${MCUFORGE_PYTHON}" -m
    PARENT_SCOPE
  )
endfunction()

function(_mcuforge_need prefix function)
  foreach(name IN LISTS ARGN)
    if("${${prefix}_${name}}" STREQUAL "")
      message(FATAL_ERROR "${function}: ${name} is missing")
    endif()
  endforeach()
  if(NOT "${${prefix}_UNPARSED_ARGUMENTS}" STREQUAL "")
    message(FATAL_ERROR "${function}: unknown arguments: ${${prefix}_UNPARSED_ARGUMENTS}")
  endif()
endfunction()

# One worker process of a plan. Settings without a file of their own become one.
function(mcuforge_step)
  cmake_parse_arguments(PARSE_ARGV 0 step "" "NAME;VALUES_FILE" "OUTPUTS;INPUTS;VALUES;ARGV")
  _mcuforge_python(python)
  string(CONCAT values ${step_VALUES})
  set(before "")
  if(EXISTS "${step_VALUES_FILE}")
    file(READ "${step_VALUES_FILE}" before)
  endif()
  if(NOT EXISTS "${step_VALUES_FILE}" OR NOT "${before}" STREQUAL "${values}")
    file(WRITE "${step_VALUES_FILE}" "${values}")
  endif()
  add_custom_command(
    OUTPUT ${step_OUTPUTS}
    COMMAND ${python} ${step_ARGV}
    DEPENDS ${step_INPUTS} "${step_VALUES_FILE}"
    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}"
    COMMENT "mcuforge: ${step_NAME}"
    VERBATIM
  )
endfunction()

# A model as a library: TARGET is its name here, MANIFEST its project.yaml, BOARD a name or a board file. With INTERFACE
# the target holds the model's objects instead of an archive of them. TFLM_DIR is a TensorFlow Lite Micro checkout for a
# manifest with `runtime: tflm`; absent: the environment's TFLM_DIR, then what `mcuforge fetch` got.
function(mcuforge_add_model)
  cmake_parse_arguments(PARSE_ARGV 0 arg "INTERFACE" "TARGET;MANIFEST;BOARD;TFLM_DIR" "")
  _mcuforge_need(arg mcuforge_add_model TARGET MANIFEST BOARD)
  foreach(name "${arg_TARGET}" "${arg_TARGET}_generate")
    if(TARGET "${name}")
      message(FATAL_ERROR "mcuforge_add_model(TARGET ${arg_TARGET} …): there is a target ${name} already")
    endif()
  endforeach()
  get_filename_component(manifest "${arg_MANIFEST}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  set(board "${arg_BOARD}")
  if(board MATCHES "\\.ya?ml$")
    get_filename_component(board "${board}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  set(tree "")
  if(NOT "${arg_TFLM_DIR}" STREQUAL "")
    get_filename_component(tree "${arg_TFLM_DIR}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    set(tree "--tflm-dir=${tree}")
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/mcuforge/${arg_TARGET}")
  _mcuforge_python(python)
  execute_process(
    COMMAND ${python} mcuforge.cli plan "${manifest}" --board "${board}" --build-dir "${folder}" --output "${folder}/plan.cmake" ${tree}
    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}"
    RESULT_VARIABLE code
    ERROR_VARIABLE errors
  )
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${manifest}")
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "mcuforge_add_model(TARGET ${arg_TARGET} …):\n${errors}")
  endif()
  include("${folder}/plan.cmake")
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(mcuforge_plan_parts AND NOT "CXX" IN_LIST languages)
    message(FATAL_ERROR
      "mcuforge_add_model(TARGET ${arg_TARGET} …): the runtime tflm is C++; write project(… LANGUAGES C CXX)"
    )
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${mcuforge_plan_configured_by})
  _mcuforge_library("${arg_TARGET}" "${arg_INTERFACE}")
  foreach(fact project board runtime plan_json)
    set_property(TARGET "${arg_TARGET}" PROPERTY MCUFORGE_${fact} "${mcuforge_plan_${fact}}")
  endforeach()
  set_property(TARGET "${arg_TARGET}" PROPERTY MCUFORGE_configured_by "${mcuforge_plan_configured_by}")
  set_property(GLOBAL APPEND PROPERTY MCUFORGE_MODELS "${arg_TARGET}")
endfunction()

# The library itself, from the variables that a plan sets.
function(_mcuforge_library target is_interface)
  # Whoever compiles a file or includes a header of these waits for all of them.
  add_custom_target(${target}_generate DEPENDS ${mcuforge_plan_generated})
  set(compiled "${target}")
  if(is_interface)
    set(compiled "${target}_objects")
    add_library(${compiled} OBJECT ${mcuforge_plan_sources})
    add_library(${target} INTERFACE)
    target_sources(${target} INTERFACE $<TARGET_OBJECTS:${compiled}>)
    target_include_directories(${target} INTERFACE "${mcuforge_plan_public_include_dir}")
    add_dependencies(${target} ${compiled})
    set(visible ${target} INTERFACE)
  else()
    add_library(${compiled} STATIC ${mcuforge_plan_sources})
    set(visible ${target} PUBLIC)
  endif()
  _mcuforge_compile(${compiled})
  target_include_directories(${compiled} PUBLIC "${mcuforge_plan_public_include_dir}")
  foreach(part IN LISTS mcuforge_plan_parts)
    add_library(${target}_${part} STATIC ${mcuforge_plan_${part}_sources})
    set_target_properties(${target}_${part} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY "${mcuforge_plan_${part}_folder}")
    _mcuforge_compile(${target}_${part})
    target_include_directories(${target}_${part} PRIVATE "${mcuforge_plan_public_include_dir}")
    target_link_libraries(${visible} ${target}_${part})
  endforeach()
  if(mcuforge_plan_parts)
    # The interpreter and its kernels call each other: CMake names both twice to the linker.
    target_link_libraries(${target}_tflm PUBLIC ${target}_tflm_kernels)
    target_link_libraries(${target}_tflm_kernels PUBLIC ${target}_tflm)
  endif()
  target_link_libraries(${visible} m)
endfunction()

# How the files of a plan are compiled, besides the host's own flags.
function(_mcuforge_compile target)
  add_dependencies(${target} "${arg_TARGET}_generate")
  target_include_directories(${target} PRIVATE ${mcuforge_plan_include_dirs})
  target_compile_definitions(${target} PRIVATE ${mcuforge_plan_defines})
  target_compile_options(${target} PRIVATE
    "$<$<COMPILE_LANGUAGE:C>:${mcuforge_plan_c_flags}>" "$<$<COMPILE_LANGUAGE:CXX>:${mcuforge_plan_cxx_flags}>"
  )
  set(standard 99)
  if(mcuforge_plan_parts)
    set(standard 11)  # some files of CMSIS-NN and ESP-NN
  endif()
  # Two models in one translation unit would define the same types.
  set_target_properties(${target} PROPERTIES
    C_STANDARD ${standard} C_STANDARD_REQUIRED ON CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON UNITY_BUILD OFF
  )
endfunction()

# Fails the build of TARGET, a program, when its whole image breaks a budget of the manifest. The model is given as MODEL,
# a target of mcuforge_add_model, or by MANIFEST (and BOARD, when several targets share the manifest).
function(mcuforge_check_budget)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;MODEL;MANIFEST;BOARD" "")
  _mcuforge_need(arg mcuforge_check_budget TARGET)
  if("${arg_MODEL}" STREQUAL "")
    _mcuforge_need(arg mcuforge_check_budget MANIFEST)
    get_filename_component(manifest "${arg_MANIFEST}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    _mcuforge_find_model("${manifest}" "${arg_BOARD}" arg_MODEL)
  endif()
  foreach(fact project board runtime plan_json configured_by)
    get_property(${fact} TARGET "${arg_MODEL}" PROPERTY MCUFORGE_${fact})
  endforeach()
  if(NOT project)
    message(FATAL_ERROR "mcuforge_check_budget: ${arg_MODEL} is not a target of mcuforge_add_model")
  endif()
  set(map "${CMAKE_CURRENT_BINARY_DIR}/${arg_TARGET}.map")
  target_link_options(${arg_TARGET} PRIVATE "LINKER:-Map=${map}")
  # A new budget has to be checked, and what is checked is what was just linked.
  set_property(TARGET ${arg_TARGET} APPEND PROPERTY LINK_DEPENDS ${configured_by})
  add_dependencies(${arg_TARGET} ${arg_MODEL}_generate)
  get_filename_component(compiler "${CMAKE_C_COMPILER}" NAME)
  _mcuforge_python(python)
  add_custom_command(
    TARGET ${arg_TARGET} POST_BUILD
    COMMAND ${python} mcuforge.workers.gate
      --project "${project}" --board "${board}" --runtime "${runtime}" --plan "${plan_json}"
      --elf "$<TARGET_FILE:${arg_TARGET}>" --map "${map}"
      --output "${CMAKE_CURRENT_BINARY_DIR}/mcuforge/${arg_TARGET}.size"
      --toolchain "${compiler} ${CMAKE_C_COMPILER_VERSION}"
    COMMENT "mcuforge: budgets of ${arg_TARGET}"
    VERBATIM
  )
endfunction()

function(_mcuforge_find_model manifest board variable)
  get_property(models GLOBAL PROPERTY MCUFORGE_MODELS)
  get_filename_component(manifest "${manifest}" REALPATH)
  set(found "")
  foreach(model IN LISTS models)
    get_property(its_manifest TARGET "${model}" PROPERTY MCUFORGE_project)
    get_property(its_board TARGET "${model}" PROPERTY MCUFORGE_board)
    get_filename_component(its_board_name "${its_board}" NAME_WE)
    if(its_manifest STREQUAL manifest AND (board STREQUAL "" OR board STREQUAL its_board_name))
      list(APPEND found "${model}")
    endif()
  endforeach()
  list(LENGTH found count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR
      "mcuforge_check_budget: ${count} targets of mcuforge_add_model have the manifest ${manifest}; name one: MODEL <target>"
    )
  endif()
  set(${variable} "${found}" PARENT_SCOPE)
endfunction()
