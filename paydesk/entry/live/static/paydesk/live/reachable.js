// What the stream and the outbox of a page tell each other: the server has just answered one of
// them, so the other need not sit out its pause.

export const REACHABLE = "paydesk:reachable";
