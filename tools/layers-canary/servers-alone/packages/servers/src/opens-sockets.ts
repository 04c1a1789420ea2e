import { connect } from 'node:net';

export const dial: typeof connect = connect;
