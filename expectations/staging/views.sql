-- Commits that no newer complete extraction of the same account, part and window has replaced. What a replaced file holds
-- in rows without a key is never superseded row by row, and must not block a release after the file was mended.
create or replace temp view standing_commits as
select older.source, older.stream, older._commit
from base.base__commits as older
where
    older.is_usable
    and not exists (
        select 1
        from base.base__commits as newer
        where
            newer.is_usable
            and newer.source = older.source
            and newer.stream = older.stream
            and newer.account = older.account
            and newer.part = older.part
            and newer._commit > older._commit
            and (
                older.coverage = 'snapshot'
                or (newer.window_from is not distinct from older.window_from
                    and newer.window_to is not distinct from older.window_to)
                or (newer.window_from <= older.window_from and newer.window_to >= older.window_to)
            )
    );
