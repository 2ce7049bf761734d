/* SPDX-License-Identifier: Apache-2.0 */
/* civicrules on the command line: dispatch. */
#include <string.h>

#include "cli.h"

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const cli_options *o);
    } commands[] = {{"eval", cmd_eval},         {"batch", cmd_batch},       {"check", cmd_check},
                    {"timeline", cmd_timeline}, {"test", cmd_test},         {"fmt", cmd_fmt},
                    {"list", cmd_list},         {"describe", cmd_describe}, {"render", cmd_render}};
    cli_options o;
    int bad = cli_parse(&o, argc, argv);
    if (bad || o.help) {
        if (!bad)
            cli_help(o.command, o.zh, stdout);
        cli_options_free(&o);
        return bad;
    }
    if (strcmp(o.command, "version") == 0) {
        printf("civicrules %s\n", civ_version());
        cli_options_free(&o);
        return 0;
    }
    int code = EXIT_USAGE;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(o.command, commands[i].name) == 0)
            code = commands[i].run(&o);
    cli_options_free(&o);
    return code;
}
