// A participant in Node, made of @livekit/rtc-node. See orders.mjs for how it is told what to do.

import * as sdk from '@livekit/rtc-node';
import { serveOrders } from './orders.mjs';
import { Participant, carryOut } from './participant.mjs';

const participant = new Participant(sdk);
await serveOrders((order) => carryOut(participant, order));
await participant.leave();
await sdk.dispose();
process.exit(0);
