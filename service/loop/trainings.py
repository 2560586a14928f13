"""Trainings in the store: how many reviews are new, which training runs, and what became of earlier ones.

waiting -> running -> trained -> promoted, or failed on the way. One at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.loop.collection import latest
from service.store.tables import ReportRow, Review, Training, now

WAITING, RUNNING, TRAINED, PROMOTED, FAILED = "waiting", "running", "trained", "promoted", "failed"
_UNDER_WAY = (WAITING, RUNNING)
_REQUIRED_PACKAGES = ("torch", "transformers", "datasets", "sklearn")
MIN_ORGANIZATIONS = 2
"""Reviewed reports must be of so many organizations: some are held out for the test."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The reviews that a training could use; `new` are those that no training has used.

    `refusal` says in Chinese why no training can start, "" where one can.
    """

    annotated: int
    new: int
    organizations: int
    under_way: int | None
    refusal: str


def progress(session: Session) -> Progress:
    """The reviews since the last training, and whether one can start."""
    found = latest(session)
    ids = [review.report_id for review, _ in found]
    counted = select(func.count(func.distinct(ReportRow.organization))).where(ReportRow.id.in_(ids))
    organizations = session.scalar(counted) or 0
    new = sum(review.trained_in is None for review, _ in found)
    running = under_way(session)
    return Progress(
        len(found), new, organizations, running.id if running else None, _refusal(running, new, organizations)
    )


def _refusal(running: Training | None, new: int, organizations: int) -> str:
    lacking = [name for name in _REQUIRED_PACKAGES if find_spec(name) is None]
    if running is not None:
        return f"第 {running.id} 次训练还没有结束"
    if lacking:
        return f"本机没有安装训练所需的 {lacking[0]}：pip install 'gouji[train]'"
    if not new:
        return "上次训练之后还没有新的核对结果"
    if organizations < MIN_ORGANIZATIONS:
        return f"至少要有 {MIN_ORGANIZATIONS} 个机关的报告核对完毕：一部分机关留作检验，不参加训练"
    return ""


def under_way(session: Session) -> Training | None:
    """The training that waits or runs, or None."""
    return session.scalar(select(Training).where(Training.state.in_(_UNDER_WAY)).order_by(Training.id).limit(1))


def listed(session: Session) -> Sequence[Training]:
    """All trainings, newest first."""
    return session.scalars(select(Training).order_by(Training.id.desc())).all()


def ask_for(session: Session, who: str) -> Training:
    """Queue a training. Raises ValueError, in Chinese, where none can start now."""
    if refusal := progress(session).refusal:
        raise ValueError(refusal)
    training = Training(state=WAITING, started_by=who, created=now())
    session.add(training)
    session.flush()
    return training


def record_reviews(session: Session, training: Training, reviews: Iterable[int]) -> None:
    """Record which reviews a training uses."""
    for review in session.scalars(select(Review).where(Review.id.in_(list(reviews)))):
        review.trained_in = training.id


def fail(session: Session, training: Training, error: str) -> None:
    """Record that a training failed; the reviews that it used count as new again."""
    training.state, training.error, training.finished = FAILED, error, now()
    for review in session.scalars(select(Review).where(Review.trained_in == training.id)):
        review.trained_in = None
