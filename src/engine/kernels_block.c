/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels for blocks, for each set of vector instructions. */
#include <string.h>

#include "base/eight.h"
#include "engine/kernels.h"
#include "engine/reciprocal.h"

#define CR_LEVELS_OF "engine/kernels_block.inc"
#include "base/levels.inc"

cr_kernel cr_block_kernel(cr_cpu_level level, const cr_insn *i, cr_shape shape)
{
    const cr_block_kernels *kernels = CR_LEVELS_TABLE(kernels, level);
    return i->lane <= CR_LANE_64 ? (*kernels)[i->op][i->lane][shape] : NULL;
}
