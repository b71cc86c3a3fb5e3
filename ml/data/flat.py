"""Read a flat table of examples: CSV of any delimiter, or Parquet."""

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api import types

from lead_funnel.errors import UserError
from ml.data.columns import FeatureType, Floats
from ml.data.examples import Examples, Ints
from ml.data.moments import read_moments

ROW_ORDER = "@row"
DELIMITERS = (",", ";", "\t", "|")
YES = {"yes", "y", "true", "t", "1", "1.0", "won"}
NO = {"no", "n", "false", "f", "0", "0.0", "lost"}
MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True)
class FlatColumns:
    """Which column is what."""

    label: str
    time: str | None = None
    points: str | None = None
    group: str | None = None
    exclude: tuple[str, ...] = ()
    embargo_days: int = 0


def read_table(path: Path) -> pd.DataFrame:
    """Read a file.

    Parameters
    ----------
    path : pathlib.Path
        Parquet by its first bytes, otherwise CSV, gzip or not; the delimiter
        is the one of comma, semicolon, tab and bar that the header has most.

    Raises
    ------
    UserError
        If there is no such file, it cannot be read, or it holds no rows.
    """
    if not path.is_file():
        raise UserError(f"There is no file {path}. Check the path of --examples.")
    try:
        with path.open("rb") as handle:
            magic = handle.read(4)
        if magic == b"PAR1":
            frame = pd.read_parquet(path)
        else:
            frame = _read_csv(path, gzipped=magic[:2] == b"\x1f\x8b")
    except (OSError, EOFError, ValueError, pa.ArrowException, csv.Error) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(
            f"{path} cannot be read as CSV or Parquet ({reason}). Save it as UTF-8 CSV "
            "with a header line, or as Parquet."
        ) from error
    if frame.empty:
        raise UserError(f"{path} holds no rows. Bring examples with known outcomes.")
    return frame.reset_index(drop=True)


def _read_csv(path: Path, *, gzipped: bool) -> pd.DataFrame:
    if gzipped:
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as handle:
            header = handle.readline()
    else:
        with path.open(encoding="utf-8-sig", newline="") as plain:
            header = plain.readline()
    if "\0" in header:
        raise ValueError("it is binary")
    delimiter = max(DELIMITERS, key=header.count)
    names = next(csv.reader([header], delimiter=delimiter), [])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"column {twice[0]!r} occurs twice in the header")
    return pd.read_csv(
        path,
        sep=delimiter,
        encoding="utf-8-sig",
        compression="gzip" if gzipped else None,
        low_memory=False,
    )


def parse_label(values: pd.Series) -> tuple[Floats, NDArray[np.bool_]]:
    """Read outcomes written as yes/no, true/false, won/lost or 1/0.

    Parameters
    ----------
    values : pandas.Series of shape (rows,)

    Returns
    -------
    is_won : numpy.ndarray of shape (rows,)
        1.0 or 0.0; 0.0 where unknown.
    known : numpy.ndarray of shape (rows,)

    Raises
    ------
    UserError
        If the column is empty, constant or holds anything else.
    """
    known = values.notna().to_numpy()
    texts = values[known].astype(str).str.strip().str.lower()
    found = sorted(set(texts))
    if not found:
        raise UserError(f"The label column {values.name!r} is empty in every row.")
    odd = [text for text in found if text not in YES | NO]
    if odd or len(found) > 2:
        shown = ", ".join(repr(text) for text in (odd or found)[:5])
        raise UserError(
            f"The label column {values.name!r} is not yes or no: it holds {shown}. "
            "Write outcomes as yes/no, true/false or 1/0."
        )
    is_won = values.astype(str).str.strip().str.lower().isin(YES) & known
    if is_won[known].nunique() < 2:
        raise UserError(
            f"The label column {values.name!r} is always {found[0]!r}: there is nothing "
            "to learn. Bring examples of both outcomes."
        )
    return np.asarray(is_won, dtype="float64"), np.asarray(known)


def parse_time(frame: pd.DataFrame, column: str | None) -> Ints:
    """Read the moment of each row, or its place in the file.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (rows, columns)
    column : str or None
        ``@row`` says that rows are in order of time; none that there is no
        time at all.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Microseconds since 1970 in UTC, or a number that only orders.

    Raises
    ------
    UserError
        If a value is missing or is not a time, or days cannot be told from months.
    """
    if column is None:
        return np.zeros(len(frame), dtype=np.int64)
    if column == ROW_ORDER:
        return np.arange(len(frame), dtype=np.int64)
    values = frame[column]
    if types.is_numeric_dtype(values) and not types.is_bool_dtype(values):
        raise UserError(
            f"The time column {column!r} holds numbers, not times. Write times as "
            "2026-03-31 or 2026-03-31 10:15:00, or sort the rows and use --time @row."
        )
    parsed = read_moments(values)
    wrong = np.flatnonzero(parsed.isna().to_numpy())
    if len(wrong):
        raise UserError(
            f"The time column {column!r} cannot be read in {len(wrong):,} rows, first in "
            f"row {wrong[0] + 1:,}: {values.iloc[wrong[0]]!r}. Write times as 2026-03-31 "
            "or 2026-03-31 10:15:00."
        )
    return np.asarray(parsed.astype("datetime64[us, UTC]").astype("int64"))


def usable_features(
    frame: pd.DataFrame, taken: set[str], notes: list[str]
) -> Mapping[str, FeatureType]:
    """Tell features and their kinds from the types of the columns.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (rows, columns)
    taken : set of str
        Columns that are something else.
    notes : list of str
        Gets a sentence for every column left out.

    Raises
    ------
    UserError
        If no column is left.
    """
    features: dict[str, FeatureType] = {}
    for name in frame.columns:
        values = frame[name]
        if name in taken:
            continue
        if values.isna().all():
            notes.append(f"{name} is left out: it is empty in every row.")
        elif values.nunique() == 1 and values.notna().all():
            notes.append(f"{name} is left out: it is the same in every row.")
        elif types.is_datetime64_any_dtype(values):
            notes.append(f"{name} is left out: it is a time.")
        elif types.is_numeric_dtype(values) and not types.is_bool_dtype(values):
            features[str(name)] = "numeric"
        elif values.nunique() > max(0.5 * len(values), 20):
            notes.append(f"{name} is left out: it is different in most rows, as an id.")
        else:
            features[str(name)] = "categorical"
    if not features:
        raise UserError(
            "No usable feature is left: every column is the label, left out, empty or "
            "constant. Bring columns that were known before the outcome."
        )
    return features


def flat_examples(
    frame: pd.DataFrame, columns: FlatColumns, seed: int, notes: list[str]
) -> Examples:
    """Turn a flat table into examples.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (rows, columns)
    columns : FlatColumns
    seed : int
        Shuffles the order of leads where there is no time.
    notes : list of str
        Gets a sentence for everything left out.

    Raises
    ------
    UserError
        If a named column does not exist or cannot be used.
    """
    named = [columns.label, columns.time, columns.points, columns.group]
    asked = [name for name in named if name and name != ROW_ORDER]
    for name in (*asked, *columns.exclude):
        if name not in frame.columns:
            have = ", ".join(str(each) for each in frame.columns[:30])
            raise UserError(f"There is no column {name!r}. The columns are: {have}.")
    if columns.embargo_days and columns.time in (None, ROW_ORDER):
        raise UserError("--embargo-days needs --time with a column of times.")
    is_won, known = parse_label(frame[columns.label])
    if not known.all():
        notes.append(f"{int((~known).sum())} rows without a label are left out.")
    time = parse_time(frame, columns.time)
    points = _numbers(frame, columns.points) if columns.points else None
    taken = {*asked, *columns.exclude}
    known_frame = frame[known]
    features = usable_features(known_frame, taken, notes)
    order = np.arange(len(frame))
    if columns.time is None:
        order = np.random.default_rng(seed).permutation(len(frame))
    leads = order
    if columns.group:
        codes = pd.factorize(frame[columns.group])[0]
        # A row without a group is a lead of its own.
        leads = np.where(codes >= 0, order[codes], len(frame) + order)
    rows = np.flatnonzero(known)
    return Examples(
        frame=known_frame[list(features)].reset_index(drop=True),
        features=features,
        is_won=is_won[rows],
        is_worked=np.ones(len(rows), dtype=bool),
        time=time[rows],
        horizon=columns.embargo_days * MICROSECONDS_A_DAY,
        leads=leads[rows].astype(np.int64),
        kinds=np.full(len(rows), "", dtype=object),
        weights=np.ones(len(rows)),
        points=None if points is None else points[rows],
        amounts=np.zeros(len(rows)),
        row_numbers=(rows + 1).astype(np.int64),
    )


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    values = frame[column]
    if not types.is_numeric_dtype(values) or values.isna().all():
        raise UserError(f"The points column {column!r} holds no numbers.")
    return values.fillna(values.min()).to_numpy(dtype="float64")
