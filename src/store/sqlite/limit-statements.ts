import type { Database, Statement } from "./driver.ts";

const EXECUTOR_ENDED =
  "exists (select 1 from executor e where e.id = lease.executor_id and e.ended_at is not null)";

const ENDED = `(expires_at <= ? or ${EXECUTOR_ENDED})`;

/** What {@link sqliteLimits} asks of the database, prepared once. */
export class LimitStatements {
  readonly get: Statement;
  readonly list: Statement;
  readonly insert: Statement;
  readonly update: Statement;
  readonly delete: Statement;
  readonly setLevel: Statement;
  readonly deny: Statement;
  readonly heldSlots: Statement;
  readonly liveLeases: Statement;
  readonly endedLeases: Statement;
  readonly earliestEnd: Statement;
  readonly lease: Statement;
  readonly insertLease: Statement;
  readonly reclaim: Statement;
  readonly release: Statement;
  readonly releaseLimit: Statement;
  readonly renew: Statement;
  readonly renewAll: Statement;

  constructor(db: Database) {
    this.get = db.prepare("select * from concurrency_limit where name = ?");
    this.list = db.prepare("select * from concurrency_limit order by name");
    this.insert = db.prepare(
      `insert into concurrency_limit (id, name, slot_limit, active, slot_decay_per_second, decayed_at, created_at, updated_at)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.update = db.prepare(
      `update concurrency_limit set slot_limit = ?, active = ?, slot_decay_per_second = ?, active_slots = ?, decayed_at = ?,
       updated_at = ? where name = ?`,
    );
    this.delete = db.prepare("delete from concurrency_limit where name = ?");
    this.setLevel = db.prepare(
      "update concurrency_limit set active_slots = ?, decayed_at = ? where name = ?",
    );
    this.deny = db.prepare("update concurrency_limit set denied_slots = denied_slots + ? where name = ?");
    this.heldSlots = db.prepare("select coalesce(sum(slots), 0) as slots from lease where limit_name = ?");
    this.liveLeases = db.prepare(
      `select * from lease where limit_name = ? and not ${ENDED} order by acquired_at, id`,
    );
    this.endedLeases = db.prepare(`select * from lease where limit_name = ? and ${ENDED}`);
    this.earliestEnd = db.prepare("select min(expires_at) as at from lease where limit_name = ?");
    this.lease = db.prepare("select limit_name from lease where id = ? limit 1");
    this.insertLease = db.prepare(
      `insert into lease (id, limit_name, slots, holder_type, holder_id, executor_id, acquired_at, expires_at)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    // By id and not by limit: a lease over several limits is whole or gone, so that a renewal
    // never finds one of its rows while the slots of another are already somebody else's.
    this.reclaim = db.prepare(
      `delete from lease where id in (select id from lease where limit_name = ? and ${ENDED}) returning *`,
    );
    this.release = db.prepare("delete from lease where id = ? returning *");
    this.releaseLimit = db.prepare("delete from lease where limit_name = ?");
    this.renew = db.prepare(`update lease set expires_at = ? where id = ? and not ${EXECUTOR_ENDED}`);
    this.renewAll = db.prepare(
      `update lease set expires_at = max(expires_at, ?) where executor_id = ? and not ${EXECUTOR_ENDED} returning id`,
    );
  }
}
