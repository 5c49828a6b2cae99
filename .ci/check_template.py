"""Expands template.yaml with the SAM translator and checks what would really be deployed.

What a function's variables and permissions have to be is found out by the sandbox, which runs the functions with them.
Here are the rules that hold for any content: nothing public by accident, nothing wider than written, nothing unwatched.
"""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")  # the translator asks for one; any will do

from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

# The only functions that the internet may call.
PUBLIC = {"Interactions", "DiscordEvents", "ForwardToDiscord", "ChatbotToDiscord", "TransferToAgent", "TaskEvents", "Console", "Exports"}
# Where secrets are, by the variable that has the name.
SECRETS = {"SECRETS_ID": "Secrets", "SESSION_SECRET_ID": "SessionSecret"}
BASIC_ROLE = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
# Set by Lambda or by the logging library's own convention, so not "of this project".
COMMON_VARIABLES = {"RUST_LOG"}


class ManagedPolicies:
    """Stands in for the IAM call that lists AWS's managed policies."""

    def load(self):
        return {"AWSLambdaBasicExecutionRole": BASIC_ROLE}


def read():
    return yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))


def expand():
    template = read()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # As `sam package` does; the translator takes no local folder.
            resource["Properties"]["CodeUri"] = "s3://bucket/" + resource["Properties"]["CodeUri"]
    return transform(template, {}, ManagedPolicies())


SOURCE = read()
EXPANDED = expand()


def of_type(kind, template=EXPANDED):
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def functions():
    return of_type("AWS::Serverless::Function", SOURCE)


def as_list(value):
    return value if isinstance(value, list) else [value]


def pascal(folder):
    return "".join(word.capitalize() for word in folder.split("-"))


def attribute(value):
    """The logical id that a GetAtt (either spelling) or a Ref names."""
    if not isinstance(value, dict):
        return None
    if "Ref" in value:
        return value["Ref"]
    target = value.get("Fn::GetAtt")
    return target.split(".")[0] if isinstance(target, str) else target[0] if target else None


def variables(resource):
    return set(resource["Properties"].get("Environment", {}).get("Variables", {}))


def binary(function):
    """The binary that is deployed, where a package has more than one."""
    return function["Metadata"].get("BuildProperties", {}).get("Binary")


def test_every_folder_is_a_function_and_every_function_a_folder():
    folders = {p.parent.relative_to(ROOT).as_posix() for p in ROOT.glob("functions/**/Cargo.toml")}
    assert {f["Properties"]["CodeUri"] for f in functions().values()} == folders


def test_folder_package_name_and_logical_id_are_one_word():
    for name, function in functions().items():
        uri = function["Properties"]["CodeUri"]
        folder = uri.rsplit("/", 1)[-1]
        manifest = (ROOT / uri / "Cargo.toml").read_text(encoding="utf-8")
        package, *binaries = re.findall(r'^name = "(.+)"$', manifest, re.M)
        assert package == folder, uri
        # The console's package has a second binary, and then each function says which one is its own.
        word = binary(function) or folder
        assert word in (binaries or [folder]) and (binary(function) is None) == (len(binaries) < 2), name
        assert name == pascal(word), name
        assert function["Properties"]["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-" + word}, name


def test_every_function_is_built_by_cargo_lambda():
    for name, function in functions().items():
        assert function["Metadata"]["BuildMethod"] == "rust-cargolambda", name


def test_only_exports_are_streamed():
    modes = {n: f["Properties"].get("FunctionUrlConfig", {}).get("InvokeMode", "BUFFERED") for n, f in functions().items()}
    assert {name for name, mode in modes.items() if mode == "RESPONSE_STREAM"} == {"Exports"}


def test_only_the_public_functions_have_a_url():
    assert {attribute(u["Properties"]["TargetFunctionArn"]) for u in of_type("AWS::Lambda::Url").values()} == PUBLIC


def test_permissions_for_everybody_exist_for_urls_only():
    for name, permission in of_type("AWS::Lambda::Permission").items():
        properties = permission["Properties"]
        if properties["Principal"] == "*":
            assert attribute(properties["FunctionName"]) in PUBLIC, name
            assert properties.get("FunctionUrlAuthType") == "NONE" or properties.get("InvokedViaFunctionUrl") is True, name


def test_no_statement_has_a_wildcard():
    for name, role in of_type("AWS::IAM::Role").items():
        for policy in role["Properties"].get("Policies", []):
            for statement in as_list(policy["PolicyDocument"]["Statement"]):
                assert statement["Effect"] == "Allow", name
                for action in as_list(statement["Action"]):
                    assert "*" not in action, f"{name}: {action}"
                for resource in as_list(statement["Resource"]):
                    assert "*" not in str(resource), f"{name}: {resource}"
                    assert isinstance(resource, dict), f"{name}: {resource} is not of this stack"


def test_the_only_managed_policy_is_the_one_for_logs():
    for name, role in of_type("AWS::IAM::Role").items():
        assert set(role["Properties"].get("ManagedPolicyArns", [])) <= {BASIC_ROLE}, name


def test_only_the_front_door_invokes_functions():
    for name, role in of_type("AWS::IAM::Role").items():
        services = role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
        if services != ["lambda.amazonaws.com"]:
            continue  # the scheduler's own role
        actions = {
            action
            for policy in role["Properties"].get("Policies", [])
            for statement in policy["PolicyDocument"]["Statement"]
            for action in as_list(statement["Action"])
        }
        assert ("lambda:InvokeFunction" in actions) == (name == "InteractionsRole"), name


def readable_secrets(function):
    """The secrets that a function may read, by logical id."""
    statements = [s for p in function["Properties"]["Policies"] for s in p["Statement"]]
    readers = [s for s in statements if "secretsmanager:GetSecretValue" in as_list(s["Action"])]
    return {attribute(resource) for s in readers for resource in as_list(s["Resource"])}


def test_the_front_door_holds_no_secret():
    assert not SECRETS.keys() & variables(SOURCE["Resources"]["Interactions"])


def test_only_the_console_can_sign_sessions():
    assert {n for n, f in functions().items() if "SessionSecret" in readable_secrets(f)} == {"Console", "Exports"}


def test_who_has_a_secrets_name_may_read_it_and_who_may_read_it_has_the_name():
    assert set(SECRETS.values()) == set(of_type("AWS::SecretsManager::Secret"))
    for name, function in functions().items():
        named = {secret for variable, secret in SECRETS.items() if variable in variables(function)}
        assert readable_secrets(function) == named, name


def test_nobody_reads_the_table_from_end_to_end():
    for name, function in functions().items():
        statements = [s for p in function["Properties"]["Policies"] for s in p["Statement"]]
        assert not any("dynamodb:Scan" in as_list(s["Action"]) for s in statements), name


def test_who_has_the_tables_name_may_use_it_and_who_may_use_it_has_the_name():
    for name, function in functions().items():
        statements = [s for p in function["Properties"]["Policies"] for s in p["Statement"]]
        may = any(a.startswith("dynamodb:") for s in statements for a in as_list(s["Action"]))
        assert may == ("TABLE_NAME" in variables(function)), name


def test_indexes_named_in_policies_exist():
    indexes = {i["IndexName"] for i in SOURCE["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]}
    for match in re.finditer(r"/index/([a-z-]+)", (ROOT / "template.yaml").read_text(encoding="utf-8")):
        assert match.group(1) in indexes, match.group(1)


def test_no_secret_is_put_into_a_variable():
    secret = [name for name, p in SOURCE["Parameters"].items() if p.get("NoEcho")]
    assert secret
    for name, function in functions().items():
        text = str(function["Properties"].get("Environment"))
        assert not any(s in text for s in secret), name


def test_sources_report_single_failures_and_wait_six_timeouts():
    default = SOURCE["Globals"]["Function"]["Timeout"]
    sources = of_type("AWS::Lambda::EventSourceMapping")
    assert sources
    for name, source in sources.items():
        properties = source["Properties"]
        assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        function = SOURCE["Resources"][attribute(properties["FunctionName"])]["Properties"]
        queue = SOURCE["Resources"][attribute(properties["EventSourceArn"])]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * function.get("Timeout", default), name


def test_queues_are_encrypted_and_consumed_ones_have_a_dead_letter_queue_of_their_kind():
    queues = of_type("AWS::SQS::Queue")
    consumed = {attribute(s["Properties"]["EventSourceArn"]) for s in of_type("AWS::Lambda::EventSourceMapping").values()}
    for name, queue in queues.items():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True, name
    for name in consumed:
        properties = queues[name]["Properties"]
        dead = queues[attribute(properties["RedrivePolicy"]["deadLetterTargetArn"])]["Properties"]
        assert dead.get("FifoQueue") == properties.get("FifoQueue"), name


def test_what_runs_asynchronously_for_a_person_has_a_failure_destination():
    commands = {n for n, f in functions().items() if f["Properties"]["CodeUri"].startswith("functions/commands/")}
    configs = of_type("AWS::Lambda::EventInvokeConfig")
    covered = {
        attribute(c["Properties"]["FunctionName"]) for c in configs.values() if c["Properties"].get("DestinationConfig")
    }
    assert commands <= covered


def test_every_dead_letter_queue_and_every_function_has_an_alarm():
    alarms = str(of_type("AWS::CloudWatch::Alarm"))
    for name in of_type("AWS::SQS::Queue"):
        if name.endswith("DeadLetters"):
            assert f"['{name}', 'QueueName']" in alarms or f"'{name}.QueueName'" in alarms, name
    for name in functions():
        if name != "Setup":  # CloudFormation itself tells when it fails
            assert f"{{'Ref': '{name}'}}" in alarms, name


def test_the_table_is_hard_to_lose():
    table = EXPANDED["Resources"]["Table"]
    properties = table["Properties"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert properties["SSESpecification"]["SSEEnabled"] is True
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_names_differ_between_two_stacks_of_one_account():
    for name, resource in EXPANDED["Resources"].items():
        for key in ("Name", "FunctionName", "QueueName", "TableName", "LogGroupName", "TopicName", "AlarmName"):
            value = resource.get("Properties", {}).get(key)
            if isinstance(value, str):
                raise AssertionError(f"{name}.{key} is always {value}")


def test_the_readme_lists_every_variable_and_no_other():
    used = {v for f in functions().values() for v in variables(f)} | COMMON_VARIABLES
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Variables", 1)[1].split("\n## ", 1)[0]
    listed = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", section, re.M))
    assert listed == used, f"only in the README: {sorted(listed - used)}, only in the template: {sorted(used - listed)}"


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    failed = 0
    for name, test in tests:
        try:
            test()
        except Exception as error:  # noqa: BLE001 - a test that breaks is a test that fails
            failed += 1
            print(f"test {name.removeprefix('test_')} ... FAILED: {type(error).__name__}: {error}")
        else:
            print(f"test {name.removeprefix('test_')} ... ok")
    outcome = "FAILED" if failed else "ok"
    print(f"test result: {outcome}. {len(tests) - failed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
