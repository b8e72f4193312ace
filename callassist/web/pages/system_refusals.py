"""What other systems' answers mean, in the reader's language: see pms_sync.access."""

from __future__ import annotations

from flask_babel.speaklater import LazyString

from callassist.web.translate import lazy_gettext as _l

# (what pms_sync says, what we say)
OF_SYSTEMS: tuple[tuple[str, LazyString], ...] = (
    (
        r"(?P<system>.+) does not accept these credentials \(401\); .+",
        _l("%(system)s does not accept this access: look it up there and enter it anew."),
    ),
    (
        r"(?P<system>.+) does not allow this with these credentials \(403\); .+",
        _l("%(system)s does not allow this with this access: give it the rights asked for."),
    ),
    (
        r"(?P<system>.+) does not give access any more; sign in there once more",
        _l("%(system)s does not give access any more: sign in there once more."),
    ),
    (r"(?P<system>.+) cannot be reached", _l("%(system)s cannot be reached.")),
    (r"(?P<system>.+) does not answer in time", _l("%(system)s does not answer in time.")),
    (
        r"(?P<system>.+) has a fault of its own \((?P<status>\d+)\)",
        _l("%(system)s has a fault of its own (%(status)s). We ask again by ourselves."),
    ),
    (
        r"(?P<system>.+) failed \(HTTP (?P<status>\d+)\)",
        _l("%(system)s has a fault of its own (%(status)s). We ask again by ourselves."),
    ),
    (r"(?P<system>.+) does not know this \(404\)", _l("%(system)s does not know this.")),
    (
        r"(?P<system>.+) does not understand what we ask \((?P<status>\d+)\)",
        _l("%(system)s does not understand what we ask (%(status)s). Please tell our support."),
    ),
    (
        r"(?P<system>.+) allows no more requests for now; we ask again by ourselves",
        _l("%(system)s allows no more requests for now. We ask again by ourselves."),
    ),
    (
        r"(?P<system>.+) gives no more access tokens today; we ask again by ourselves",
        _l("%(system)s lets nobody sign in again today. We ask again by ourselves."),
    ),
    (
        r"(?P<system>.+) leads to another address, which we do not follow",
        _l("%(system)s leads to another address, which we do not follow."),
    ),
    (
        r"(?P<system>.+) sent a web page in place of data; it may be under maintenance",
        _l("%(system)s sent a web page in place of data; it may be under maintenance."),
    ),
    (r"(?P<system>.+) sent something that is not JSON", _l("%(system)s sent unreadable data.")),
    (
        r"(?P<system>.+) sent more than (?P<n>\d+) MB at once",
        _l("%(system)s sent too much at once."),
    ),
    (
        r"(?P<system>.+) (?:sends too slowly to be read|stopped in the middle of its answer|"
        r"broke off in the middle of its answer)",
        _l("%(system)s did not finish its answer. We ask again by ourselves."),
    ),
    (
        r"(?P<what>.+) should be an? (?:object|list) and is .+",
        _l("The answer is not what the system’s makers describe (%(what)s)."),
    ),
    (
        r"the same page came twice|more than \d+ pages",
        _l("Its pages do not come to an end, so nothing counts as read completely."),
    ),
)
