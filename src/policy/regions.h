/* SPDX-License-Identifier: Apache-2.0 */
/* Building the parts of a policy: regions, calendar, parameter tables, overrides, hash. */
#ifndef CR_POLICY_REGIONS_H
#define CR_POLICY_REGIONS_H

#include "policy/policy.h"

/* All: 0 fine, 1 findings, 2 out of memory. */
int cr_policy_make_regions(cr_policy *policy, cr_diags *diags);
int cr_policy_make_calendar(cr_policy *policy, cr_diags *diags);
int cr_policy_is_calendar_let(const cr_let *let); /* calendar.days_off, calendar.makeup_days */
int cr_policy_make_tables(cr_policy *policy, cr_diags *diags);
int cr_policy_make_hash(cr_policy *policy);

#endif
