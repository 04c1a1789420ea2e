import {
  DebugError,
  deathOf,
  operations,
  type Death,
  type GoroutineGroup,
  type Operation,
  type Parameters,
  type Selection,
  type Session,
} from '@inquest/engine';
import type { ClientTraits } from './client.ts';
import { Handles } from './handles.ts';
import type { HostedCore } from './host.ts';
import type { ViewSettings } from './launch.ts';
import { SourceMap } from './sources.ts';
import { ThreadList, type ThreadLimits } from './threads.ts';
import type { Container, Showing } from './variables.ts';

/** What a frame of the protocol stands for. */
export interface FrameMeaning {
  /** Undefined for a line of text among the frames, and for a group of goroutines. */
  readonly selection: Selection | undefined;
  readonly index: number;
  /** Goroutines that have this stack, if they are shown as one. */
  readonly group: GoroutineGroup | undefined;
}

/** One client's view of an open core. */
export class CoreView {
  readonly core: HostedCore;
  readonly session: Session;
  readonly client: ClientTraits;
  readonly view: ViewSettings;
  readonly threads: ThreadList;
  readonly sources: SourceMap;
  readonly frames: Handles<FrameMeaning> = new Handles();
  readonly containers: Handles<Container> = new Handles();
  /** Functions that values lead to, by their addresses. */
  readonly functions: Handles<number> = new Handles();

  /** The frame whose variables were looked at last. */
  frameLookedAt: number | undefined;
  private found: Death | undefined;

  constructor(core: HostedCore, client: ClientTraits, view: ViewSettings, limits?: ThreadLimits) {
    this.core = core;
    this.session = core.session;
    this.client = client;
    this.view = view;
    this.threads = new ThreadList(core.session, view, () => this.focus, limits);
    this.sources = new SourceMap(core.session, client);
  }

  /** Asks an operation of the table. */
  ask<R>(name: string, parameters: Parameters = {}): R {
    const operation = operations.find((each) => each.name === name) as Operation<R>;
    return operation.run(this.session, parameters);
  }

  /** Why the program died. */
  get death(): Death {
    this.found ??= deathOf(this.session);
    return this.found;
  }

  /** The stack that tells it. */
  get focus(): Selection {
    return this.death.context.selection;
  }

  frame(id: number): FrameMeaning {
    const frame = this.frames.get(id);
    if (frame === undefined) throw new DebugError(`there is no frame ${id}`, { code: 'not-found' });
    return frame;
  }

  /** Runs `action` with a frame selected, by default the one that the session has selected. */
  inFrame<T>(id: number | undefined, action: () => T): T {
    if (id === undefined) return action();
    const { selection, index } = this.frame(id);
    if (selection === undefined) throw new DebugError('this is no frame: it has no variables', { code: 'not-found' });
    return this.session.withSelection(selection, () => {
      this.session.selectFrame(index);
      return action();
    });
  }

  /** @param frameId the frame in which expressions for what is shown hold */
  showing(hex = false, frameId?: number): Showing {
    const register = (key: string, make: () => Container): number =>
      this.containers.numberOf(key, () => ({ ...make(), frameId }));
    const locate = (pc: number): number => this.functions.numberOf(String(pc), () => pc);
    return { session: this.session, hex, extents: this.client.memory === 'extents', register, locate };
  }
}
