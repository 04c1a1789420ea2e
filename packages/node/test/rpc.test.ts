import { describe, expect, it } from 'vitest';
import { tokenLine } from '@inquest/servers';
import { rpcOver, type RpcTestClient } from './rpc/rpc-over.ts';

interface Frames {
  readonly Locations: readonly { readonly function?: { readonly name: string } }[];
}
interface Variables {
  readonly Variables: readonly { readonly name: string; readonly value: string; readonly flags: number }[];
}
interface State {
  readonly State: {
    readonly currentGoroutine: { readonly id: number };
    readonly currentThread: { readonly id: number };
  };
}

const server = rpcOver('exprs/go1.27/noopt');

async function frameOf(client: RpcTestClient, name: string): Promise<number> {
  const { Locations } = await client.call<Frames>('Stacktrace', { Id: -1, Depth: 50 });
  return Locations.findIndex((each) => each.function?.name === name);
}

describe('JSON-RPC on a core', () => {
  it('tells stack, locals and values', async () => {
    const client = server.connect();
    const Frame = await frameOf(client, 'main.inner');
    const Cfg = {
      FollowPointers: true,
      MaxVariableRecurse: 1,
      MaxStringLen: 64,
      MaxArrayValues: 64,
      MaxStructFields: -1,
    };
    const scope = { GoroutineID: -1, Frame };
    const { Variables } = await client.call<Variables>('ListLocalVars', { Scope: scope, Cfg });
    expect(Variables.find(({ name }) => name === 'i32')?.value).toBe('-70000');
    const { Variable } = await client.call<{ Variable: object }>('Eval', {
      Scope: scope,
      Expr: 'chain.Next.Value',
      Cfg,
    });
    expect(Variable).toMatchObject({ value: '2', kind: 2, type: 'int', unreadable: '' });
  });

  it('has a selection of its own for each client', async () => {
    const [one, other] = [server.connect(), server.connect()];
    await one.call('Command', { name: 'switchGoroutine', goroutineID: 2 });
    const now = async (client: RpcTestClient): Promise<number> =>
      (await client.call<State>('State')).State.currentGoroutine.id;
    expect([await now(one), await now(other)]).toEqual([2, 1]);
  });

  it('refuses what needs a process in the words of Delve', async () => {
    const client = server.connect();
    await expect(client.call('Command', { name: 'continue' })).rejects.toThrow(
      'can not continue execution of core process',
    );
    await expect(client.call('CreateBreakpoint', { Breakpoint: { functionName: 'main.main' } })).rejects.toThrow(
      'cannot write a breakpoint to a core file',
    );
    await expect(client.call('Command', { name: 'switchGoroutine', goroutineID: 99 })).rejects.toThrow(
      'unknown goroutine 99',
    );
  });

  it('gives the events of a command to who waits for them', async () => {
    const client = server.connect();
    client.stream.send('{"method":"RPCServer.GetEvents","params":[{}],"id":1}');
    client.stream.send('{"method":"RPCServer.Command","params":[{"name":"next","WithEvents":true}],"id":2}');
    const answers = await client.answers(2);
    expect(answers).toEqual([
      { id: 1, result: { Events: [{ Kind: 0 }, { Kind: 1 }] }, error: null },
      { id: 2, result: null, error: 'can not continue execution of core process' },
    ]);
  });

  it('says what is wrong with a request, and goes on', async () => {
    const client = server.connect();
    const wrong: readonly (readonly [string, string])[] = [
      ['{"method":"RPCServer.Nope","params":[{}],"id":1}', 'unknown method: RPCServer.Nope'],
      ['{"method":"RPCServer.toString","params":[{}],"id":1}', 'unknown method: RPCServer.toString'],
      ['{"method":7,"params":[{}],"id":1}', 'the request names no method'],
      ['{"method":"RPCServer.State","id":1}', 'the request has no params, which are a list of one object'],
      [
        '{"method":"RPCServer.Stacktrace","params":[{"Id":"x"}],"id":1}',
        'Stacktrace.Id is a whole number, not a string',
      ],
      ['{"method":"RPCServer.Stacktrace","params":[3],"id":1}', 'Stacktrace is an object, not 3'],
      ['{"id":1 2}', 'the request is not JSON'],
    ];
    for (const [text, error] of wrong) expect((await client.send(text)).error).toBe(error);
    expect(await client.call('ProcessPid')).toHaveProperty('Pid');
  });

  it('tells where the frames of a stack go on that are too many for one answer', async () => {
    const client = rpcOver('crash/go1.24/default/overflow').connect();
    interface Stack {
      readonly Locations: readonly { readonly Err: string; readonly Bottom?: true; readonly pc: number }[];
    }
    const ask = (more: object): Promise<Stack> => client.call('Stacktrace', { Id: 1, Depth: 1e9, ...more });
    const { Locations } = await ask({});
    expect(Locations).toHaveLength(20_001);
    expect(Locations.at(-1)).toMatchObject({ Err: expect.stringContaining('the stack goes on') as string, pc: 0 });
    const rest = (await ask({ Skip: 40_000 })).Locations;
    expect(rest.length).toBeGreaterThan(1000);
    expect(rest.at(-1)).toMatchObject({ Err: '', Bottom: true });
    const all = {
      FollowPointers: true,
      MaxVariableRecurse: 9,
      MaxStringLen: 1e9,
      MaxArrayValues: 1e9,
      MaxStructFields: -1,
    };
    const full = (await ask({ Skip: 43_000, Full: true, Cfg: all })).Locations;
    expect(JSON.stringify(full).length).toBeLessThan(100e6);
  });

  it('tells of each variable that is too much for one answer', async () => {
    const client = server.connect();
    const Cfg = {
      FollowPointers: true,
      MaxVariableRecurse: 1e9,
      MaxStringLen: 1e9,
      MaxArrayValues: 1e9,
      MaxStructFields: -1,
    };
    interface Globals {
      readonly Variables: readonly { readonly name: string; readonly unreadable: string }[];
    }
    const few = await client.call<Globals>('ListPackageVars', { Filter: '' });
    const all = await client.call<Globals>('ListPackageVars', { Filter: '', Cfg });
    expect(all.Variables.map(({ name }) => name)).toEqual(few.Variables.map(({ name }) => name));
    expect(all.Variables.at(-1)?.unreadable).toBe('not loaded: ask for fewer variables, or for less of each');
    expect(few.Variables.filter(({ unreadable }) => unreadable.startsWith('not loaded'))).toEqual([]);
  });

  it('wants a token where one was set', async () => {
    const guarded = rpcOver('exprs/go1.27/noopt', { token: 'secret' });
    const without = guarded.connect();
    await expect(without.call('State')).rejects.toThrow('this server wants a token');
    const client = guarded.connect();
    client.stream.send(tokenLine('secret'));
    expect(await client.call('ProcessPid')).toHaveProperty('Pid');
  });

  it('tells the host when a client ends the debugger, after it was answered', async () => {
    const client = server.connect();
    const before = server.detached();
    expect(await client.call('Detach', { Kill: true })).toEqual({});
    expect(server.detached()).toBe(before + 1);
  });

  it('gives up a client that leaves in the middle', async () => {
    const [client, other] = [server.connect(), server.connect()];
    client.stream.send('{"method":"RPCServer.State","params":[{}],"id":1}{"method":"RPCServer.State","par');
    client.stream.hangUp();
    expect(await other.call('ProcessPid')).toHaveProperty('Pid');
    expect(client.stream.received).toBe('');
  });
});
