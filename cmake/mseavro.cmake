# How a module becomes a library. One module is one folder, one library and one test program.

add_library(mseavro_options INTERFACE)
target_include_directories(mseavro_options INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
# No contraction to fused multiply-add: the bits of every sum are part of the contract.
target_compile_options(mseavro_options INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror=return-type -Wno-psabi -ffp-contract=off
  # GCC 12 warns of std::string operations that it inlines itself (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(MSEAVRO_SANITIZE)
  target_compile_options(mseavro_options INTERFACE
    -fsanitize=${MSEAVRO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(mseavro_options INTERFACE -fsanitize=${MSEAVRO_SANITIZE})
endif()
if(MSEAVRO_FUZZ)
  target_compile_options(mseavro_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
find_program(MSEAVRO_MOLD mold)
if(MSEAVRO_MOLD)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_link_options(mseavro_options INTERFACE -fuse-ld=mold)
  else()
    target_link_options(mseavro_options INTERFACE --ld-path=${MSEAVRO_MOLD})
  endif()
endif()

# mseavro_module(<floor>/<module> [DEPS <module>...] [LIBS <third-party>...])
#
# Collects the folder's sources: NAME.cc goes into the library, NAME_test.cc into the module's test
# program. DEPS names modules by their last path element; LIBS names third-party targets, which no
# other module may link (the style test checks it).
function(mseavro_module path)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  get_filename_component(name ${path} NAME)
  set(directory ${PROJECT_SOURCE_DIR}/src/${path})
  file(GLOB sources CONFIGURE_DEPENDS ${directory}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(TRANSFORM ARG_DEPS PREPEND mseavro_)

  if(sources)
    add_library(mseavro_${name} STATIC ${sources})
    target_link_libraries(mseavro_${name}
      PUBLIC mseavro_options ${ARG_DEPS} fmt::fmt PRIVATE ${ARG_LIBS})
    set_target_properties(mseavro_${name} PROPERTIES MSEAVRO_LIBS "${ARG_LIBS}")
  else()
    add_library(mseavro_${name} INTERFACE)
    target_link_libraries(mseavro_${name} INTERFACE mseavro_options ${ARG_DEPS} fmt::fmt)
  endif()

  if(MSEAVRO_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE mseavro_${name} GTest::gtest GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE
      MSEAVRO_TESTDATA="${PROJECT_SOURCE_DIR}/testdata")
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# mseavro_public_library(<module>...)
#
# Puts the modules into one archive, which find_package(mseavro) offers as mseavro::mseavro with the
# public headers.
function(mseavro_public_library)
  add_library(mseavro_library STATIC)
  add_library(mseavro::mseavro ALIAS mseavro_library)
  set_target_properties(mseavro_library PROPERTIES
    OUTPUT_NAME mseavro EXPORT_NAME mseavro LINKER_LANGUAGE CXX)
  target_compile_features(mseavro_library INTERFACE cxx_std_20)
  target_include_directories(mseavro_library INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set(libraries fmt::fmt Threads::Threads)
  foreach(name ${ARGN})
    target_sources(mseavro_library PRIVATE $<TARGET_OBJECTS:mseavro_${name}>)
    get_target_property(module_libraries mseavro_${name} MSEAVRO_LIBS)
    list(APPEND libraries ${module_libraries})
  endforeach()
  target_link_libraries(mseavro_library PRIVATE ${libraries})

  # What a program that links the archive has to find: packages of targets, and plain libraries.
  set(MSEAVRO_PACKAGES ${libraries})
  list(FILTER MSEAVRO_PACKAGES INCLUDE REGEX "::")
  list(TRANSFORM MSEAVRO_PACKAGES REPLACE "::.*" "")
  list(FILTER libraries EXCLUDE REGEX "::")
  set(MSEAVRO_PLAIN_LIBRARIES ${libraries})
  set(directory ${CMAKE_INSTALL_LIBDIR}/cmake/mseavro)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/mseavroConfig.cmake.in
    ${PROJECT_BINARY_DIR}/mseavroConfig.cmake INSTALL_DESTINATION ${directory})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/mseavroConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(TARGETS mseavro_library EXPORT mseavro COMPONENT library)
  install(EXPORT mseavro FILE mseavroTargets.cmake NAMESPACE mseavro:: DESTINATION ${directory}
    COMPONENT library)
  install(FILES ${PROJECT_BINARY_DIR}/mseavroConfig.cmake
    ${PROJECT_BINARY_DIR}/mseavroConfigVersion.cmake DESTINATION ${directory} COMPONENT library)
endfunction()

# mseavro_embed(<module> <symbol> <file>)
#
# Puts the file's bytes into the module's library, as <symbol>_begin up to <symbol>_end.
function(mseavro_embed name symbol file)
  set(assembly ${PROJECT_BINARY_DIR}/embedded/${symbol}.S)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embed.S.in ${assembly} @ONLY)
  set_source_files_properties(${assembly} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(mseavro_${name} PRIVATE ${assembly})
endfunction()
