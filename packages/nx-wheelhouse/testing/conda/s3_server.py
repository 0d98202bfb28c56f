"""A server of S3's API on a free port, until it is ended.

Prints, as one line of JSON, the environment variables of a user who may use its one bucket, `channels`. Signatures are checked.
"""

import json
import threading

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()

iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
iam.create_user("us-east-1", "someone")
statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
iam.put_user_policy("someone", "all", json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
key = iam.create_access_key("someone")
s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket("channels", "us-east-1")
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0

environment = {
    "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": key.access_key_id,
    "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
}
print(json.dumps(environment), flush=True)
threading.Event().wait()
