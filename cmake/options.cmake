# What every target of ours is compiled with.
set(TESTUDO_SANITIZE "" CACHE STRING "Sanitizers to build with: empty, address, thread or coverage")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(testudo_options INTERFACE)
target_compile_features(testudo_options INTERFACE cxx_std_20)
target_include_directories(testudo_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(testudo_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Werror
  # g++ 12, when optimising, sees overlaps in its own strings (GCC bug 105651) and unset errors in expected values that hold none.
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-restrict;-Wno-maybe-uninitialized>")

if(TESTUDO_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TESTUDO_SANITIZE STREQUAL "thread")
  # The sanitizer knows no fences; Asio does without them when told so.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -DBOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=thread)
elseif(TESTUDO_SANITIZE STREQUAL "coverage")
  add_compile_options(--coverage -fno-inline)
  add_link_options(--coverage)
endif()

# Headers that nearly every file reads, read once: that saves a third of a build from nothing. Only where asked for, because such a
# build does not notice a missing #include; the release build does.
option(TESTUDO_PRECOMPILE "Precompile the most used headers" OFF)
if(TESTUDO_PRECOMPILE)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "")
  foreach(kind library test)
    add_library(testudo_precompiled_${kind} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
    target_precompile_headers(testudo_precompiled_${kind} PRIVATE <algorithm> <filesystem> <functional> <map> <memory> <optional>
      <string> <string_view> <vector> <boost/json.hpp> <fmt/format.h> <tl/expected.hpp>)
    target_link_libraries(testudo_precompiled_${kind} PRIVATE testudo_options Boost::json fmt::fmt)
  endforeach()
  target_precompile_headers(testudo_precompiled_test PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  target_link_libraries(testudo_precompiled_test PRIVATE GTest::gmock GTest::gtest)
endif()

option(TESTUDO_FUZZ "Build the libFuzzer programs (clang only)" OFF)
if(TESTUDO_FUZZ)
  # What is fuzzed must tell libFuzzer where it has been.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

# testudo_module(NAME SOURCES... LINK ...): one static library per folder.
function(testudo_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(testudo_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(testudo_${name} PUBLIC testudo_options ${ARG_LINK})
  if(TESTUDO_PRECOMPILE)
    target_precompile_headers(testudo_${name} REUSE_FROM testudo_precompiled_library)
  endif()
endfunction()

# testudo_test(NAME SOURCES ... LINK ... [LABELS ...]): one GoogleTest program, known to ctest as a whole.
function(testudo_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE testudo_options ${ARG_LINK} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE TESTUDO_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(TESTUDO_PRECOMPILE)
    target_link_libraries(${name} PRIVATE Boost::json) # what is precompiled was compiled with its options
    target_precompile_headers(${name} REUSE_FROM testudo_precompiled_test)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS};unit" TIMEOUT 300)
endfunction()
