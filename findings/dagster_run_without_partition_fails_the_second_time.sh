#!/usr/bin/env bash
# Dagster 1.13.27: a run of a partitioned asset that names no partition works once, and never again.
#
# A multi-asset with dynamic partitions can be given the releases to build in its run's configuration. Seen: as long as
# nothing is recorded for the file that it is made from (an external asset with the same partitions), such a run without
# a partition succeeds. Once something is recorded for that file, the same run fails, although neither the job nor its
# configuration changed: "Cannot access partition_key for a non-partitioned run". A schedule that asks for such a run
# passes its first test, and fails on the next release day.
# What to do: name the partitions in the run (a partition key, or the tags of a range), or let an operation without
# partitions take the files in, and then ask for a run that names them.
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'dagster==1.13.27'
cd "$work"
"$work/venv/bin/python" - 2>log.txt <<'PY'
import dagster as dg

print("Dagster", dg.__version__)
releases = dg.DynamicPartitionsDefinition(name="releases")
file = dg.AssetSpec("file", partitions_def=releases)


@dg.multi_asset(specs=[dg.AssetSpec("table", deps=["file"], partitions_def=releases)], can_subset=True)
def table(context: dg.AssetExecutionContext, config: dict):
    for release in ["2024-12"]:
        yield dg.AssetMaterialization("table", partition=release)


job = dg.define_asset_job("build", selection=dg.AssetSelection.assets("table"))
definitions = dg.Definitions(assets=[file, table], jobs=[job])
with dg.DagsterInstance.ephemeral() as instance:
    instance.add_dynamic_partitions("releases", ["2024-12"])

    def run():
        return definitions.resolve_job_def("build").execute_in_process(
            instance=instance, raise_on_error=False, run_config={"ops": {"table": {"config": {"x": 1}}}}
        )

    first = run()
    print("before the file is recorded:", first.success)
    instance.report_runless_asset_event(dg.AssetMaterialization("file", partition="2024-12"))
    second = run()
    print("after the file is recorded:", second.success)
    failures = [event.step_failure_data.error for event in second.all_events if event.is_step_failure]
    said = " ".join((error.cause or error).message for error in failures)
    print(said.strip())
    assert first.success and not second.success
    assert "Cannot access partition_key for a non-partitioned run" in said
PY
