"""A contract that leaves something open starts nothing."""

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from snapasset.gateway.v1 import usage_pb2
from snapasset.options.v1 import methods_pb2

from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.refusal import CannotStart


def test_all_that_is_missing_is_named_at_once() -> None:
    files = FileDescriptorSet.FromString(descriptor_file().read_bytes())
    jobs, usage = (
        next(file for file in files.file if file.name.endswith(f"gateway/v1/{name}.proto"))
        for name in ("jobs", "usage")
    )
    jobs.service[0].method[0].options.ClearExtension(methods_pb2.endpoint)
    jobs.service[0].method[1].options.Extensions[methods_pb2.endpoint].ClearField("counted")
    usage.service[0].options.ClearExtension(methods_pb2.section)
    with pytest.raises(CannotStart) as refused:
        read_contracts(files.SerializeToString())
    endpoint = "in its option snapasset.options.v1.endpoint, must say"
    for said in (
        f"JobService.CreateJob, {endpoint} who may call it (access)",
        f"JobService.CreateJob, {endpoint} whether calls are counted (counted)",
        f"JobService.GetJob, {endpoint} whether calls are counted (counted)",
        "UsageService has no title in its option snapasset.options.v1.section",
    ):
        assert said in str(refused.value)
    assert "JobService.GetJob, in its option snapasset.options.v1.endpoint, must say who" not in (
        str(refused.value)
    )


def test_the_generated_modules_know_the_options_too() -> None:
    rpc = usage_pb2.DESCRIPTOR.services_by_name["UsageService"].methods_by_name["GetUsage"]
    endpoint = rpc.GetOptions().Extensions[methods_pb2.endpoint]
    assert endpoint.access == methods_pb2.ACCESS_JOBS
