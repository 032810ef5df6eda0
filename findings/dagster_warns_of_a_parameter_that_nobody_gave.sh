#!/usr/bin/env bash
# Dagster 1.13.27: loading a code location warns that `owners` of a sensor is in beta, although nobody gave owners.
#
# If the job of a sensor gets its resources from the code location, Dagster copies the sensor for the job with
# resources, and the copy passes every parameter on, with `owners`. Seen: one BetaWarning at each load, also for a person
# who runs a command that only uses the definitions; a project that turns warnings into errors cannot load at all. The
# warning does not appear if the job has its resources itself, or if the job is one of assets.
# What to do: give the job `resource_defs`, or filter the warning where the definitions are resolved.
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'dagster==1.13.27'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings

import dagster as dg


class Store(dg.ConfigurableResource):
    root: str


def warned(resources_of_job):
    @dg.op
    def fetch(store: Store):
        pass

    @dg.job(resource_defs=resources_of_job)
    def fetching():
        fetch()

    @dg.sensor(job=fetching)
    def looks():
        return dg.SkipReason("nothing new")

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        dg.Definitions(jobs=[fetching], sensors=[looks], resources={"store": Store(root="x")}).get_repository_def()
    return [str(one.message) for one in seen if issubclass(one.category, dg.BetaWarning)]


print("Dagster", dg.__version__)
without, given = warned({}), warned({"store": Store(root="x")})
print("job without resources of its own:", without)
print("job with resources of its own:", given)
assert len(without) == 1 and "`owners`" in without[0] and not given
PY
