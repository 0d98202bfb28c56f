"""A small Sigstore: an authority that certifies whoever has an ID token, and a log of one entry per signature. Prints how to trust it."""

import base64
import datetime
import hashlib
import http.server
import json
import struct
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOW = datetime.datetime.now(datetime.timezone.utc)
SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
authority_key, rekor_key, ct_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))


def b64(content):
    return base64.b64encode(content).decode()


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(key):
    return hashlib.sha256(spki(key)).digest()


def sign(key, content):
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


def usage(**used):
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: used.get(name, False) for name in names.split()})


def certificate(subject, key):
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")])
    return (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(issuer).public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(hours=1)).not_valid_after(NOW + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), False)
    )


AUTHORITY = (
    certificate(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")]), authority_key.public_key())
    .add_extension(x509.BasicConstraints(True, None), True)
    .add_extension(usage(key_cert_sign=True), True)
    .sign(authority_key, hashes.SHA256())
)


def certify(request, id_token):
    """A certificate for the subject of an ID token, with the receipt of a certificate transparency log (RFC 6962) in it."""
    claims = json.loads(base64.urlsafe_b64decode(id_token.split(".")[1] + "=="))
    assert claims["aud"] == "sigstore"
    builder = (
        certificate(x509.Name([]), request.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(claims["sub"])]), True)
        .add_extension(usage(digital_signature=True), True)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CODE_SIGNING]), False)
    )
    unlogged = builder.sign(authority_key, hashes.SHA256()).tbs_certificate_bytes
    stamp = int(time.time() * 1000)
    entry = key_id(authority_key) + len(unlogged).to_bytes(3, "big") + unlogged
    signature = sign(ct_key, struct.pack("!BBQH", 0, 0, stamp, 1) + entry + struct.pack("!H", 0))
    receipt = b"\0" + key_id(ct_key) + struct.pack("!QHBBH", stamp, 0, 4, 3, len(signature)) + signature
    receipts = struct.pack("!HH", len(receipt) + 2, len(receipt)) + receipt
    assert len(receipts) < 128
    octets = b"\x04" + bytes([len(receipts)]) + receipts
    logged = builder.add_extension(x509.UnrecognizedExtension(SCT_LIST, octets), False)
    return logged.sign(authority_key, hashes.SHA256())


def log(proposed):
    """An entry of a log that has no other: the receipt is signed, and so is the root."""
    content = proposed["spec"]["proposedContent"]
    envelope = json.loads(content["envelope"])
    sha256 = lambda text: {"algorithm": "sha256", "value": hashlib.sha256(text).hexdigest()}
    spec = {
        "envelopeHash": sha256(content["envelope"].encode()),
        "payloadHash": sha256(base64.b64decode(envelope["payload"])),
        "signatures": [{"signature": envelope["signatures"][0]["sig"], "verifier": content["verifiers"][0]}],
    }
    body = json.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}).encode()
    root = hashlib.sha256(b"\0" + body).digest()
    note = f"log\n1\n{b64(root)}\n"
    checkpoint = f"{note}\n\u2014 log {b64(key_id(rekor_key)[:4] + sign(rekor_key, note.encode()))}\n"
    entry = {"body": b64(body), "integratedTime": int(time.time()), "logID": key_id(rekor_key).hex(), "logIndex": 0}
    promise = sign(rekor_key, json.dumps(entry, sort_keys=True, separators=(",", ":")).encode())
    proof = {"logIndex": 0, "treeSize": 1, "rootHash": root.hex(), "hashes": [], "checkpoint": checkpoint}
    return {root.hex(): {**entry, "verification": {"inclusionProof": proof, "signedEntryTimestamp": b64(promise)}}}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/v2/signingCert":
            request = x509.load_pem_x509_csr(base64.b64decode(asked["certificateSigningRequest"]))
            chain = [certify(request, self.headers["Authorization"].removeprefix("Bearer ")), AUTHORITY]
            texts = [one.public_bytes(serialization.Encoding.PEM).decode() for one in chain]
            answer = {"signedCertificateEmbeddedSct": {"chain": {"certificates": texts}}}
        else:
            answer = log(asked)
        self.send_response(201)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


def trust(url):
    valid = {"start": (NOW - datetime.timedelta(days=1)).isoformat()}
    service = {"url": url, "majorApiVersion": 1, "validFor": valid, "operator": "test"}

    def instance(key):
        public = {"rawBytes": b64(spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": valid}
        return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": public, "logId": {"keyId": b64(key_id(key))}}

    raw = {"rawBytes": b64(AUTHORITY.public_bytes(serialization.Encoding.DER))}
    authority = {
        "subject": {"organization": "test", "commonName": "authority"},
        "uri": url,
        "certChain": {"certificates": [raw]},
        "validFor": valid,
    }
    return {
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [instance(rekor_key)],
            "ctlogs": [instance(ct_key)],
            "certificateAuthorities": [authority],
        },
        "signingConfig": {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": [service],
            "oidcUrls": [service],
            "rekorTlogUrls": [service],
            "rekorTlogConfig": {"selector": "ANY"},
        },
    }


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps(trust(f"http://127.0.0.1:{server.server_port}")), flush=True)
server.serve_forever()
