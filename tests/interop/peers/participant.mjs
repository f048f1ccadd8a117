// A participant made of one of LiveKit's JavaScript SDKs. The same for Node and for a page: both SDKs have the
// same names for what is used here, and where they differ the difference is looked for.

// A server announces joins of participants without tracks up to 3 s late.
const PRESENCE_DEADLINE_MS = 15_000;

export class Participant {
  // `sdk` is @livekit/rtc-node or livekit-client: its Room, RoomEvent and RpcError are used.
  constructor(sdk) {
    this.sdk = sdk;
    this.room = new sdk.Room();
  }

  // Joins the token's room, and answers the standard methods there. Returns its identity.
  // `twoConnections` has livekit-client join as older clients do: one for what it sends, one for what it gets.
  async join({ url, token, twoConnections }) {
    this.room = new this.sdk.Room(...(twoConnections ? [{ singlePeerConnection: false }] : []));
    await this.room.connect(url, token, { autoSubscribe: false, dynacast: false });
    // livekit-client registers on the room, rtc-node on the local participant.
    const registry = this.room.registerRpcMethod ? this.room : this.room.localParticipant;
    for (const [method, handler] of Object.entries(this.#standardHandlers())) {
      registry.registerRpcMethod(method, handler);
    }
    return this.room.localParticipant.identity;
  }

  // Joins with what a token source gives: `source` is the name of one of livekit-client's, with its arguments.
  async joinBySource({ source, args, options }) {
    const { serverUrl, participantToken } = await this.sdk.TokenSource[source](...args).fetch(options);
    return await this.join({ url: serverUrl, token: participantToken });
  }

  // Returns once a participant is listed and, where the SDK says so, ready for data. (rtc-node does not say;
  // it waits by itself before it sends.)
  async waitUntilActive({ identity }) {
    const { ParticipantConnected, ParticipantActive } = this.sdk.RoomEvent;
    const events = [ParticipantConnected, ParticipantActive].filter(Boolean);
    const isReady = () => {
      const participant = this.room.remoteParticipants.get(identity);
      return participant !== undefined && (participant.isActive ?? true);
    };
    await new Promise((resolve, reject) => {
      const settle = (how, value) => {
        clearTimeout(timer);
        events.forEach((event) => this.room.off(event, lookSoon));
        how(value);
      };
      const look = () => isReady() && settle(resolve);
      // livekit-client tells of it a moment before it says so itself.
      const lookSoon = () => queueMicrotask(look);
      const late = () => settle(reject, new Error(`${identity} did not become active in time`));
      const timer = setTimeout(late, PRESENCE_DEADLINE_MS);
      events.forEach((event) => this.room.on(event, lookSoon));
      look();
    });
  }

  // Calls a method and returns its response; throws the SDK's RpcError. Without a timeout the SDK's own holds.
  async call({ destination, method, payload, timeoutMs }) {
    return await this.room.localParticipant.performRpc({
      destinationIdentity: destination,
      method,
      payload,
      ...(timeoutMs ? { responseTimeout: timeoutMs } : {}),
    });
  }

  // Calls a method again and again, with `inFlight` calls under way, until `count` calls have ended or `seconds`
  // are over. Returns what came of them and how long they took.
  async callRepeatedly({ destination, method, payload, count, seconds, inFlight }) {
    const took = [];
    const failures = {};
    const began = performance.now();
    const until = seconds ? began + seconds * 1000 : Infinity;
    let left = count ?? Infinity;
    const callOn = async () => {
      while (left-- > 0 && performance.now() < until) {
        const sent = performance.now();
        try {
          await this.call({ destination, method, payload });
          took.push(performance.now() - sent);
        } catch (error) {
          failures[error.code ?? error.message] = (failures[error.code ?? error.message] ?? 0) + 1;
        }
      }
    };
    await Promise.all(Array.from({ length: inFlight }, callOn));
    const elapsedMs = performance.now() - began;
    took.sort((one, other) => one - other);
    return { answered: took.length, failures, elapsedMs, p50Ms: took[Math.floor(took.length / 2)] ?? null };
  }

  async leave() {
    await this.room.disconnect();
  }

  #standardHandlers() {
    return {
      // Answers what was sent.
      echo: async ({ payload }) => payload,
      // Fails in a way no RPC error describes.
      boom: async () => {
        throw new Error('boom');
      },
      // Answers the error that the payload describes.
      fail: async ({ payload }) => {
        const { code, message, data } = JSON.parse(payload);
        throw new this.sdk.RpcError(code, message, data);
      },
      // Answers after as many seconds as the payload says.
      slow: async ({ payload }) => {
        await new Promise((resolve) => setTimeout(resolve, Number(payload) * 1000));
        return 'at last';
      },
      // Leaves the room while the caller waits.
      leave: async () => {
        void this.leave();
        return await new Promise(() => {});
      },
    };
  }
}

// Does one order for a participant: {id, order, ...arguments}. The answer is {id, result}, or {id, error} with
// an RPC error's code, message and data, the code null if it is no RPC error.
export async function carryOut(participant, { id, order, ...args }) {
  try {
    return { id, result: (await participant[order](args)) ?? null };
  } catch (error) {
    const { code, message, data } = error;
    return { id, error: { code: Number.isInteger(code) ? code : null, message, data: data ?? '' } };
  }
}
