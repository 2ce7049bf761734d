/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: any bytes as a policy text. What loads is compiled; what lexes formats to a fixed
 * point. */
#include <string.h>

#include "civicrules/civicrules.h"

static void compile(civ_policy *policy)
{
    for (size_t i = 0; i < civ_policy_module_count(policy); i++) {
        civ_text name;
        civ_calculator *calculator = NULL;
        civ_policy_module(policy, i, &name, NULL, NULL, NULL);
        civ_calculator_create(&calculator, policy, &name, 1, NULL, NULL);
        civ_calculator_release(calculator);
    }
}

static void format(civ_engine *engine, civ_text source)
{
    civ_policy_builder *a = NULL, *b = NULL;
    civ_text name = {"f", 1}, once, twice;
    civ_policy_builder_create(&a, engine, NULL);
    civ_policy_builder_create(&b, engine, NULL);
    if (civ_format_policy(&once, a, name, source, NULL) == CIV_OK)
        if (civ_format_policy(&twice, b, name, once, NULL) != CIV_OK ||
            once.length != twice.length ||
            (once.length && memcmp(once.data, twice.data, once.length) != 0))
            __builtin_trap();
    civ_policy_builder_release(a);
    civ_policy_builder_release(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    civ_engine *engine = NULL;
    civ_policy_builder *b = NULL;
    civ_policy *policy = NULL;
    civ_text name = {"fuzz.civ", 8}, text = {(const char *)data, size};
    civ_engine_options o = CIV_ENGINE_OPTIONS_INIT;
    o.max_policy_bytes = 64u << 20;
    if (civ_engine_create(&engine, &o, NULL))
        return 0;
    civ_policy_builder_create(&b, engine, NULL);
    civ_policy_builder_add(b, name, text, CIV_FILE_PACK, NULL);
    if (civ_policy_build(&policy, b, NULL) == CIV_OK)
        compile(policy);
    for (size_t i = 0; i < civ_policy_builder_diagnostic_count(b) && i < 5; i++) {
        civ_diagnostic d;
        memset(&d, 0, sizeof d);
        d.struct_size = sizeof d;
        civ_policy_builder_diagnostic(&d, b, i);
    }
    civ_policy_release(policy);
    civ_policy_builder_release(b);
    format(engine, text);
    civ_engine_release(engine);
    return 0;
}
