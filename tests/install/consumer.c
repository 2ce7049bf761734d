/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest host: sees the installed header and library, and nothing of the source tree. */
#include <stdio.h>
#include <string.h>

#include <civicrules/civicrules.h>

int main(int argc, char **argv)
{
    const char *version = civ_version();
    if (argc > 1 && strcmp(version, argv[1]) != 0) {
        fprintf(stderr, "expected version %s, found %s\n", argv[1], version);
        return 1;
    }
    printf("civicrules %s\n", version);
    return 0;
}
