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
# manifest with `runtime: tflm`; absent: the environment's TFLM_DIR, then what `mcuforge fetch` got. Models that go into
# one image are named together, several words after TARGET and MANIFEST: they share one TFLM and one op resolver.
function(mcuforge_add_model)
  cmake_parse_arguments(PARSE_ARGV 0 arg "INTERFACE" "BOARD;TFLM_DIR" "TARGET;MANIFEST")
  _mcuforge_need(arg mcuforge_add_model TARGET MANIFEST BOARD)
  set(folders "")
  foreach(target IN LISTS arg_TARGET)
    foreach(name "${target}" "${target}_generate")
      if(TARGET "${name}")
        message(FATAL_ERROR "mcuforge_add_model(TARGET ${target} …): there is a target ${name} already")
      endif()
    endforeach()
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/mcuforge/${target}")
    list(APPEND folders --build-dir "${folder}" --output "${folder}/plan.cmake")
  endforeach()
  set(manifests "")
  foreach(manifest IN LISTS arg_MANIFEST)
    get_filename_component(manifest "${manifest}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND manifests "${manifest}")
  endforeach()
  set(board "${arg_BOARD}")
  if(board MATCHES "\\.ya?ml$")
    get_filename_component(board "${board}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  set(tree "")
  if(NOT "${arg_TFLM_DIR}" STREQUAL "")
    get_filename_component(tree "${arg_TFLM_DIR}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    set(tree "--tflm-dir=${tree}")
  endif()
  _mcuforge_python(python)
  execute_process(
    COMMAND ${python} mcuforge.cli plan ${manifests} --board "${board}" ${folders} ${tree}
    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}"
    RESULT_VARIABLE code
    ERROR_VARIABLE errors
  )
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifests})
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "mcuforge_add_model(TARGET ${arg_TARGET} …):\n${errors}")
  endif()
  set(lead "")
  foreach(target IN LISTS arg_TARGET)
    include("${CMAKE_CURRENT_BINARY_DIR}/mcuforge/${target}/plan.cmake")
    _mcuforge_model("${target}" "${arg_INTERFACE}" "${lead}")
    if(mcuforge_plan_parts AND NOT lead)
      set(lead "${target}")
    elseif(mcuforge_plan_parts)
      # The first one's op resolver is made from all models.
      add_dependencies(${lead}_generate ${target}_generate)
    endif()
  endforeach()
endfunction()

# A target from the variables that a plan sets. `lead` is the one whose TFLM it shares, or nothing.
function(_mcuforge_model target is_interface lead)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(mcuforge_plan_parts AND NOT "CXX" IN_LIST languages)
    message(FATAL_ERROR
      "mcuforge_add_model(TARGET ${target} …): the runtime tflm is C++; write project(… LANGUAGES C CXX)"
    )
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${mcuforge_plan_configured_by})
  _mcuforge_library("${target}" "${is_interface}" "${lead}")
  foreach(fact project board runtime plan_json)
    set_property(TARGET "${target}" PROPERTY MCUFORGE_${fact} "${mcuforge_plan_${fact}}")
  endforeach()
  set_property(TARGET "${target}" PROPERTY MCUFORGE_configured_by "${mcuforge_plan_configured_by}")
  set_property(GLOBAL APPEND PROPERTY MCUFORGE_MODELS "${target}")
endfunction()

# The library itself, from the variables that a plan sets.
function(_mcuforge_library target is_interface lead)
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
  _mcuforge_compile(${compiled} ${target} "${lead}")
  target_include_directories(${compiled} PUBLIC "${mcuforge_plan_public_include_dir}")
  foreach(part IN LISTS mcuforge_plan_parts)
    add_library(${target}_${part} STATIC ${mcuforge_plan_${part}_sources})
    set_target_properties(${target}_${part} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY "${mcuforge_plan_${part}_folder}")
    _mcuforge_compile(${target}_${part} ${target} "${lead}")
    target_include_directories(${target}_${part} PRIVATE "${mcuforge_plan_public_include_dir}")
    target_link_libraries(${visible} ${target}_${part})
  endforeach()
  if(mcuforge_plan_parts AND lead)
    target_link_libraries(${target}_tflm PUBLIC ${lead}_tflm)
  elseif(mcuforge_plan_parts)
    # The interpreter and its kernels call each other: CMake names both twice to the linker.
    target_link_libraries(${target}_tflm PUBLIC ${target}_tflm_kernels)
    target_link_libraries(${target}_tflm_kernels PUBLIC ${target}_tflm)
  endif()
  target_link_libraries(${visible} m)
endfunction()

# How the files of a plan are compiled, besides the host's own flags.
function(_mcuforge_compile target model lead)
  add_dependencies(${target} ${model}_generate)
  if(lead)
    add_dependencies(${target} ${lead}_generate)  # the header of the op resolver
  endif()
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
# a target of mcuforge_add_model, or by MANIFEST (and BOARD, when several targets share the manifest). IMAGES are files made
# of the program (app.bin), which are removed with it: those of an earlier build could be flashed.
function(mcuforge_check_budget)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;MODEL;MANIFEST;BOARD" "IMAGES")
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
  set(images "")
  foreach(image IN LISTS arg_IMAGES)
    get_filename_component(image "${image}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
    list(APPEND images --image "${image}")
  endforeach()
  get_filename_component(compiler "${CMAKE_C_COMPILER}" NAME)
  _mcuforge_python(python)
  add_custom_command(
    TARGET ${arg_TARGET} POST_BUILD
    COMMAND ${python} mcuforge.workers.gate
      --project "${project}" --board "${board}" --runtime "${runtime}" --plan "${plan_json}"
      --elf "$<TARGET_FILE:${arg_TARGET}>" --map "${map}"
      --output "${CMAKE_CURRENT_BINARY_DIR}/mcuforge/${arg_TARGET}.size"
      --toolchain "${compiler} ${CMAKE_C_COMPILER_VERSION}" ${images}
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
