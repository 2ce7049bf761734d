/* SPDX-License-Identifier: Apache-2.0 */
/* Moving rows, for each set of vector instructions. */
#include <string.h>

#include "base/ahead.h"
#include "base/eight.h"
#include "batch/batch.h"
#include "batch/lanes.h"

#define CR_LEVELS_OF "batch/lanes.inc"
#include "base/levels.inc"

const cr_lanes *cr_lanes_of(cr_cpu_level level)
{
    return CR_LEVELS_TABLE(lanes, level);
}
