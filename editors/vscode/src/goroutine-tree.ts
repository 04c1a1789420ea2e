import type { FrameResult, GoroutineGroup, LocationResult } from '@inquest/engine';
import * as vscode from 'vscode';
import { ask, type Asker } from './requests.ts';

/** A line of the view. Children are asked for when it is opened. */
export interface Row {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon?: string;
  /** Opened by a click. */
  readonly place?: { readonly file: string; readonly line: number };
  readonly open?: boolean;
  readonly children?: () => Promise<readonly Row[]>;
}

/** Members of a group, and groups, that are shown before `more` is. */
const PAGE = 100;
const FRAMES = 50;

/** Crash first, then those that wait for each other, groups of waits, and groups of goroutines with the same calls. */
export class GoroutineTree implements vscode.TreeDataProvider<Row> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData: vscode.Event<undefined> = this.changed.event;
  private session: Asker | undefined;

  show(session: Asker | undefined): void {
    this.session = session;
    this.changed.fire(undefined);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      row.label,
      row.children === undefined ? None : row.open === true ? Expanded : Collapsed,
    );
    if (row.description !== undefined) item.description = row.description;
    if (row.tooltip !== undefined) item.tooltip = row.tooltip;
    if (row.icon !== undefined) item.iconPath = new vscode.ThemeIcon(row.icon);
    if (row.place !== undefined)
      item.command = { command: 'inquest.openFrame', title: 'Open Source', arguments: [row.place] };
    return item;
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row !== undefined) return [...((await row.children?.()) ?? [])];
    return this.session === undefined ? [] : topRows(this.session);
  }
}

async function topRows(session: Asker): Promise<Row[]> {
  const { groups = [], groupCount = 0, total } = await ask(session, 'goroutines', { group: 'stack', limit: PAGE });
  const crashed = await ask(session, 'goroutines', { with: ['running'], limit: PAGE }).catch(() => undefined);
  const died = crashed?.goroutines.find((goroutine) => goroutine.crashed);
  const rows: Row[] = [];
  if (died !== undefined)
    rows.push({
      label: `goroutine ${died.id} died`,
      icon: 'error',
      open: true,
      ...describePlace(died.userLocation),
      children: () => frameRows(session, died.id),
    });
  rows.push(
    { label: 'Deadlocks', icon: 'warning', children: () => deadlockRows(session) },
    { label: 'Waiting', icon: 'watch', children: () => waitRows(session) },
    {
      label: 'Goroutines',
      description: `${total}, in ${groupCount} groups of the same calls`,
      icon: 'list-tree',
      open: true,
      children: async () => {
        const shown = groups.map((group) => groupRow(session, group));
        return groupCount > groups.length
          ? [
              ...shown,
              { label: `${groupCount - groups.length} more groups`, description: 'goroutines -group shows all' },
            ]
          : shown;
      },
    },
  );
  return rows;
}

function groupRow(session: Asker, group: GoroutineGroup): Row {
  const { count, status, location, ids } = group;
  return {
    label: `${count} × [${status}]`,
    icon: group.system ? 'gear' : 'run-all',
    ...describePlace(location),
    children: async () => {
      const rows = ids.map((id) => goroutineRow(session, id));
      return count > ids.length ? [...rows, { label: `${count - ids.length} more with the same calls` }] : rows;
    },
  };
}

function goroutineRow(session: Asker, id: number, description?: string): Row {
  return {
    label: `goroutine ${id}`,
    icon: 'circle-outline',
    ...(description === undefined ? {} : { description }),
    children: () => frameRows(session, id),
  };
}

async function frameRows(session: Asker, goroutine: number): Promise<Row[]> {
  const { frames, truncated } = await ask(session, 'stack', { depth: FRAMES }, goroutine);
  const rows = frames.filter(({ plumbing }) => !plumbing).map(frameRow);
  return truncated ? [...rows, { label: 'more frames', description: 'in the call stack' }] : rows;
}

function frameRow(frame: FrameResult): Row {
  return { label: frame.function, icon: 'debug-stackframe', ...describePlace(frame, false) };
}

async function waitRows(session: Asker): Promise<Row[]> {
  const { groups, groupCount } = await ask(session, 'waiting', { limit: PAGE });
  const rows: Row[] = groups.map(({ count, waitsFor, objects, waiters }) => ({
    label: `${count} × ${waitsFor}`,
    tooltip: objects.map(({ way, object }) => `${way} ${object.name ?? object.address}: ${object.state}`).join('\n'),
    icon: 'watch',
    children: async () => {
      const rows = waiters.map((waiter) =>
        goroutineRow(session, waiter.id, waiter.detail ?? waiter.location?.function),
      );
      return count > waiters.length ? [...rows, { label: `${count - waiters.length} more` }] : rows;
    },
  }));
  if (rows.length === 0) return [{ label: 'No goroutine waits' }];
  return groupCount > groups.length ? [...rows, { label: `${groupCount - groups.length} more` }] : rows;
}

async function deadlockRows(session: Asker): Promise<Row[]> {
  const { cycles, stuck, problem } = await ask(session, 'deadlocks');
  const rows: Row[] = [
    ...cycles.map(({ steps, certainty, behind }) => ({
      label: `${steps.length} goroutines wait for each other`,
      description: certainty === 'proven' ? '' : certainty,
      icon: 'sync',
      open: true,
      children: async () => [
        ...steps.map(({ waiter, waitsFor, heldBy }) =>
          goroutineRow(
            session,
            waiter.id,
            `${waitsFor}, which goroutine ${heldBy.goroutine} has (${heldBy.certainty})`,
          ),
        ),
        ...behind.map((waiter) => goroutineRow(session, waiter.id, 'waits behind them')),
      ],
    })),
    ...stuck.map(({ count, waitsFor, waiters, evidence }) => ({
      label: `${count} × ${waitsFor}`,
      description: 'nothing can wake them',
      tooltip: evidence,
      icon: 'circle-slash',
      children: async () => waiters.map((waiter) => goroutineRow(session, waiter.id, waiter.location?.function)),
    })),
  ];
  if (problem !== undefined) rows.push({ label: problem, icon: 'info' });
  return rows.length === 0 ? [{ label: 'None was found' }] : rows;
}

function describePlace(
  location: LocationResult | FrameResult | undefined,
  withFunction = true,
): Pick<Row, 'description' | 'tooltip' | 'place'> {
  if (location === undefined) return {};
  const { file, line } = location;
  const short = file === '' ? '' : `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
  return {
    description: withFunction ? `${location.function} ${short}`.trim() : short,
    ...(file === '' ? {} : { tooltip: `${file}:${line}`, place: { file, line } }),
  };
}
