"""Addresses in place of folders (s3://…, zip://…): listed, fetched from and written to through fsspec, which is imported when one is used.

docs/addresses.md tells how archives are worked through there, and what is promised.
"""

from digitise.remote.addresses import Address, Place, is_away, join_place, parse_place, require_folder_for
from digitise.remote.connecting import Remote, connect, reach
from digitise.remote.fetching import Wanted, do_all, fetch_files
from digitise.remote.leases import HeldLease, check_lease, hold_lease, is_leased, lost_to, repeat
from digitise.remote.listing import RemoteFile, list_files, list_parts, look_up, read_head, read_small
from digitise.remote.local_names import LocalNames
from digitise.remote.mirroring import THERE_FILE, ChangedThereError, bring_folder, bring_listed, load_there, send_folder
from digitise.remote.putting import put_file, remove_files
from digitise.remote.streaming import read_time

__all__ = [
    "THERE_FILE",
    "Address",
    "ChangedThereError",
    "HeldLease",
    "LocalNames",
    "Place",
    "Remote",
    "RemoteFile",
    "Wanted",
    "bring_folder",
    "bring_listed",
    "check_lease",
    "connect",
    "do_all",
    "fetch_files",
    "hold_lease",
    "is_away",
    "is_leased",
    "join_place",
    "list_files",
    "list_parts",
    "load_there",
    "look_up",
    "lost_to",
    "parse_place",
    "put_file",
    "reach",
    "read_head",
    "read_small",
    "read_time",
    "remove_files",
    "repeat",
    "require_folder_for",
    "send_folder",
]
