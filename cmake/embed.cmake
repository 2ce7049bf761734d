# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT=DIR -DLIST=FILE -DOUTPUT=FILE.c -P embed.cmake
# Writes the files named in LIST (one path a line, relative to ROOT, in order) as C arrays of hex bytes: see
# src/policy/embedded.h. A zero byte that is not counted follows each file, because C has no empty array.
cmake_minimum_required(VERSION 3.16)

set(arrays "")
set(entries "")
set(count 0)
file(STRINGS ${LIST} packs)
foreach(pack IN LISTS packs)
  file(SIZE ${ROOT}/${pack} size)
  file(READ ${ROOT}/${pack} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  string(APPEND arrays "\nstatic const unsigned char bytes_${count}[] = { /* ${pack} */\n${hex}0x00\n};\n")
  string(APPEND entries "    { \"${pack}\", bytes_${count}, ${size} },\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUTPUT} "/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from src/policies by cmake/embed.cmake. */
#include \"policy/embedded.h\"
${arrays}
const cr_embedded_file cr_embedded_files[] = {
${entries}    { NULL, NULL, 0 },
};
const size_t cr_embedded_count = ${count};
")
