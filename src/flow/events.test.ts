import { describe, expect, it } from "vitest";
import { ownStore } from "../../test/support/own-store.ts";
import { emitEvent, flow, task } from "./index.ts";
import { getControl } from "./control.ts";

ownStore();

async function eventsNamed(event: string) {
  const { events } = await (await getControl()).repositories();
  return (await events.list({ event }, { limit: 10 })).rows;
}

describe("emitEvent()", () => {
  it("keeps what happened, to what, and in which run", async () => {
    const pays = task({ name: "pays", taskRunName: "pay {n}" }, (n: number) =>
      emitEvent({ event: "invoice.paid", resource: `invoice.${n}`, payload: { at: new Date(0), cents: 5n } }),
    );
    const f = flow({ name: "invoices", flowRunName: "night" }, async () => {
      const first = await emitEvent({
        event: "invoice.seen",
        resource: { "prefect.resource.id": "invoice.7", currency: "EUR" },
        related: [{ "prefect.resource.id": "customer.1", "prefect.resource.role": "customer" }],
      });
      return [
        first,
        await pays(7),
        await emitEvent({ event: "invoice.done", resource: "invoice.7", follows: first }),
      ];
    });
    const [first, second, third] = await f();
    const [seen] = await eventsNamed("invoice.seen");
    expect(seen).toMatchObject({
      id: first,
      resource: { "prefect.resource.id": "invoice.7", currency: "EUR" },
    });
    expect(seen?.related.map((one) => one["prefect.resource.role"])).toEqual(["customer", "flow-run"]);
    expect(seen?.related[1]).toMatchObject({ "prefect.resource.name": "night" });
    const [paid] = await eventsNamed("invoice.paid");
    expect(paid).toMatchObject({ id: second, payload: { at: "1970-01-01T00:00:00.000Z", cents: "5" } });
    expect(paid?.related.map((one) => one["prefect.resource.name"])).toEqual(["night", "pay 7"]);
    expect((await eventsNamed("invoice.done"))[0]).toMatchObject({ id: third, follows: first });
  });

  it("works outside a run", async () => {
    const id = await emitEvent({ event: "program.started", resource: "program" });
    expect(await eventsNamed("program.started")).toMatchObject([{ id, related: [], follows: null }]);
  });

  const labels = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, "x"]));
  const id = { "prefect.resource.id": "a" };

  it.each([
    ["nothing", undefined, "takes an object"],
    ["no name", { event: "", resource: "a" }, "`event`, its name, must be text"],
    ["a long name", { event: "x".repeat(1025), resource: "a" }, "1025 characters; at most 1024"],
    ["no resource", { event: "e" }, "`resource` must be labels by name"],
    ["a resource without an id", { event: "e", resource: { a: "b" } }, 'no label "prefect.resource.id"'],
    ["too many labels", { event: "e", resource: { ...id, ...labels(500) } }, "501 labels; at most 500"],
    [
      "a label that is no text",
      { event: "e", resource: { ...id, n: 1 } },
      'the label "n" of `resource` is number',
    ],
    [
      "too many related",
      { event: "e", resource: "a", related: Array.from({ length: 101 }, () => id) },
      "at most 100",
    ],
    [
      "related without a role",
      { event: "e", resource: "a", related: [id] },
      'no label "prefect.resource.role"',
    ],
    ["too large a payload", { event: "e", resource: "a", payload: "x".repeat(1_500_000) }, "at most 1500000"],
    ["an odd predecessor", { event: "e", resource: "a", follows: 7 }, "`follows` must be the id of an event"],
  ])("refuses %s", async (_, event, message) => {
    await expect(emitEvent(event as never)).rejects.toMatchObject({
      code: "SEGNO_INVALID_EVENT",
      message: expect.stringContaining(message) as string,
    });
  });
});
