/**
 * Compares places in the stream of events, "<epoch>.<xid>.<uuid>", as the server orders them.
 */

/** Below 0 when `a` comes before `b`, 0 when they are the same, above 0 when it comes after. */
export function compareCursors(a, b) {
  const [epochA, xidA, idA] = a.split(".");
  const [epochB, xidB, idB] = b.split(".");
  const epochs = BigInt(epochA) - BigInt(epochB);
  if (epochs) return epochs < 0n ? -1 : 1;
  const xids = BigInt(xidA) - BigInt(xidB);
  if (xids) return xids < 0n ? -1 : 1;
  return idA < idB ? -1 : idA > idB ? 1 : 0;
}

/** Whether `text` is a cursor at all. */
export function isCursor(text) {
  return typeof text === "string" && /^\d+\.\d+\.[0-9a-f-]{36}$/.test(text);
}
