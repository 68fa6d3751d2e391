"""A contract that leaves something open starts nothing."""

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from snapasset.gateway.v1 import jobs_pb2
from snapasset.options.v1 import methods_pb2

from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.refusal import CannotStart


def test_all_that_is_missing_is_named_at_once() -> None:
    files = FileDescriptorSet.FromString(descriptor_file().read_bytes())
    jobs = next(file for file in files.file if file.name.endswith("gateway/v1/jobs.proto"))
    [service] = jobs.service
    service.options.ClearExtension(methods_pb2.section)
    service.method[0].options.ClearExtension(methods_pb2.endpoint)
    service.method[1].options.Extensions[methods_pb2.endpoint].ClearField("counted")
    with pytest.raises(CannotStart) as refused:
        read_contracts(files.SerializeToString())
    endpoint = "in its option snapasset.options.v1.endpoint, must say"
    assert str(refused.value) == "the contracts are incomplete: " + "; ".join(
        [
            "JobService has no title in its option snapasset.options.v1.section",
            f"JobService.CreateJob, {endpoint} who may call it (access)",
            f"JobService.CreateJob, {endpoint} whether calls are counted (counted)",
            f"JobService.GetJob, {endpoint} whether calls are counted (counted)",
        ]
    )


def test_the_generated_modules_know_the_options_too() -> None:
    rpc = jobs_pb2.DESCRIPTOR.services_by_name["JobService"].methods_by_name["CreateJob"]
    endpoint = rpc.GetOptions().Extensions[methods_pb2.endpoint]
    assert (endpoint.access, endpoint.success_status) == (methods_pb2.ACCESS_JOBS, 201)
