/* SPDX-License-Identifier: Apache-2.0 */
/* Which vector instructions the machine and its operating system offer. */
#ifndef CR_BASE_CPU_H
#define CR_BASE_CPU_H

typedef enum cr_cpu_level { /* of x86-64; elsewhere there is one build, for the machine compiled for
                             */
                            CR_CPU_PLAIN,
                            CR_CPU_V2,
                            CR_CPU_V3,
                            CR_CPU_V4,
                            CR_CPU_LEVELS
} cr_cpu_level;

cr_cpu_level cr_cpu_best(void);

#endif
