/** A chain base model → mask, and what a transfer run of each condition starts from. */
import type { RunStore } from '../runs/runStore';
import { type BaseModel, baseModel, trainBaseModel } from './baseModel';
import type { Observer } from './observer';
import { gatherBaseModels, gatherSubnetwork } from './resultRows';
import { type ChainSettings, type Condition, type Origin, originOf } from './settings';
import { type Discovery, discoverSubnetwork } from './subnetworkDiscovery';

/** Where runs are kept, where their rows go, and who watches. */
export interface Workshop {
  store: RunStore;
  observer?: Observer;
  /** Folder of the tables; without one (a quick preset) rows are not gathered, and runs are known by the store alone. */
  tables?: string;
}

/** A finished chain up to the mask. */
export interface Chain {
  settings: ChainSettings;
  base: BaseModel;
  discovery: Discovery;
}

/** What a transfer run starts from: as much of a chain as its condition needs. */
export type StartsFrom = Partial<Pick<Chain, 'base' | 'discovery'>>;

/** The same as far as the settings of a run mention it: without weights. */
export type StartSettings = { [Part in keyof StartsFrom]: Pick<NonNullable<StartsFrom[Part]>, 'settings'> };

/** The base model of a chain; the rows of its attempts go into the tables. Undefined where the person stopped a run. */
export async function baseOf(settings: ChainSettings, workshop: Workshop): Promise<BaseModel | undefined> {
  const { base, attempts } = await baseModel(settings.base, workshop);
  gatherBaseModels(attempts, workshop);
  return base.id ? base : undefined;
}

/** The base model and the mask of a chain; their rows go into the tables. Undefined where the person stopped a run. */
export async function chainOf(settings: ChainSettings, workshop: Workshop): Promise<Chain | undefined> {
  const base = await baseOf(settings, workshop);
  return base && withMask(settings, base, workshop);
}

/**
 * The chain's control: its initialisation as it is, never trained, and a mask for the subtask over that. (For the
 * question how much of a transfer's effect is the base model's, and how much the mask training's.)
 */
export async function untrainedChainOf(settings: ChainSettings, workshop: Workshop): Promise<Chain | undefined> {
  const base = await trainBaseModel({ ...settings.base, epochs: 0 }, workshop);
  return base.id ? withMask(settings, base, workshop) : undefined;
}

async function withMask(settings: ChainSettings, base: BaseModel, workshop: Workshop): Promise<Chain | undefined> {
  const discovery = await discoverSubnetwork(base, settings.discovery, workshop);
  if (!discovery.id) return undefined;
  gatherSubnetwork(base, discovery, workshop);
  return { settings, base, discovery };
}

/** What the runs of a chain start from, condition by condition, each made when it is first asked for. */
export function origins(
  settings: ChainSettings,
  workshop: Workshop,
): (condition: Condition) => Promise<StartsFrom | undefined> {
  const making: Record<Origin, () => Promise<StartsFrom | undefined>> = {
    none: async () => ({}),
    base: async () => {
      const base = await baseOf(settings, workshop);
      return base && { base };
    },
    mask: () => chainOf(settings, workshop),
    'untrained mask': () => untrainedChainOf(settings, workshop),
  };
  const made = new Map<Origin, Promise<StartsFrom | undefined>>();
  return (condition) => {
    const origin = originOf(condition);
    if (!made.has(origin)) made.set(origin, making[origin]());
    return made.get(origin) as Promise<StartsFrom | undefined>;
  };
}
