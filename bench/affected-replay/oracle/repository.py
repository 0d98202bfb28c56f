"""A repository as git keeps it: files are read from its objects, whatever is checked out."""

import functools
import subprocess


class Repository:
    def __init__(self, path):
        self.path = path
        self.objects = subprocess.Popen(
            ["git", "-C", path, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def git(self, *args):
        return subprocess.run(["git", "-C", self.path, *args], capture_output=True, check=True).stdout

    def tree(self, revision):
        entries = self.git("ls-tree", "-r", "-z", revision).decode().split("\0")[:-1]
        return {entry.split("\t", 1)[1]: entry.split()[2] for entry in entries if entry.split()[1] == "blob"}

    @functools.lru_cache(maxsize=None)
    def blob(self, identity):
        self.objects.stdin.write(identity.encode() + b"\n")
        self.objects.stdin.flush()
        size = int(self.objects.stdout.readline().split()[2])
        return self.objects.stdout.read(size + 1)[:-1]
