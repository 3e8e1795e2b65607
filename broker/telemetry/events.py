"""Every event of ours, in groups as the reference of the log shows them."""

from broker.telemetry import alarms, codes, keys, log, logins, notices, process, registers
from broker.telemetry.log import Event

GROUPS: tuple[tuple[str, tuple[type[Event], ...]], ...] = (
    (
        "The process",
        (
            process.Starting,
            process.CannotServe,
            process.GuessingPays,
            process.SecondItemMissing,
            process.MetricsListening,
            process.WorkerStarted,
            process.WorkerStopped,
            process.WorkerDied,
            process.WorkerCannotStart,
            process.WorkerKilled,
            process.Unready,
            process.ReadyAgain,
            process.Leaving,
            process.Reloaded,
            process.ReloadRefused,
            process.RestartNeeded,
        ),
    ),
    (
        "Logins",
        (
            logins.LoginBegun,
            log.VerificationTried,
            logins.LoginCompleted,
            logins.CodeRedeemed,
            logins.SignedOut,
            log.RequestRefused,
        ),
    ),
    ("Providers", (log.UpstreamFailed, log.UpstreamStale, log.ClaimUnknown)),
    (
        "Storage and periodic work",
        (
            log.StorageDown,
            log.ChoreDone,
            log.ChoreFailed,
            log.FollowingFailed,
            log.ClockApart,
            log.KeysReloaded,
            keys.KeyMoved,
            keys.CanaryMinted,
            keys.SecretEnds,
        ),
    ),
    (
        "Alarms",
        (
            alarms.Spray,
            alarms.NeighboursTried,
            alarms.CodesWaiting,
            alarms.VerifiedThenWrite,
        ),
    ),
    (
        "Messages to customers",
        (
            codes.CodeDispatched,
            codes.CodeWithheld,
            notices.NoticeSent,
            notices.NoticeDelayed,
            notices.NoticeGivenUp,
            notices.NoticeWithheld,
            notices.NoticeUnreadable,
            notices.NotMeSaid,
            notices.NewcomerUnknown,
        ),
    ),
    ("Registers elsewhere", (registers.RegisterRead, registers.RegisterDoubted)),
    ("Faults of ours", (log.Unexpected,)),
)
