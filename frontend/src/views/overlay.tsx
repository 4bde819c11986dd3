// Pictures of two runs in one place: the second seen through the first, or one after the other.
import type { Detail, Run } from "../data";
import { laid, look, left, mediaStep, nameOf, provider, right, veil } from "../state";
import { Tile, upTo } from "./media";

/** The two of the compared runs that are held against each other: those that were named, else the first two. */
export function pairOf(runs: Run[]): [Run, Run] {
  const a = runs.find((r) => r.run_id === left.value) ?? runs.find((r) => r.run_id !== right.value) ?? runs[0]!;
  const b = runs.find((r) => r.run_id === right.value && r !== a) ?? runs.find((r) => r !== a)!;
  return [a, b];
}

export function PairChoice({ runs }: { runs: Run[] }) {
  const [a, b] = pairOf(runs);
  const pick = (field: typeof left, other: Run, mine: Run) => (e: { currentTarget: HTMLSelectElement }) => {
    const to = e.currentTarget.value;
    if (to === other.run_id) (field === left ? right : left).value = mine.run_id;
    else (field === left ? right : left).value = other.run_id;
    field.value = to;
  };
  const options = runs.map((r) => <option key={r.run_id} value={r.run_id}>{r.name ?? r.run_id}</option>);
  return (
    <div class="bar-row">
      <label>hold <i class="dot" style={{ background: look(b.run_id).color }} /> <select value={b.run_id} onChange={pick(right, a, b)} data-testid="right">{options}</select></label>
      <label>against <i class="dot" style={{ background: look(a.run_id).color }} /> <select value={a.run_id} onChange={pick(left, b, a)} data-testid="left">{options}</select></label>
    </div>
  );
}

export function LaidChoice() {
  return (
    <label>
      pictures of the two{" "}
      <select value={laid.value} onChange={(e) => ((laid.value = e.currentTarget.value), (veil.value = e.currentTarget.value === "flip" ? "0" : "0.5"))} data-testid="laid">
        <option value="">side by side</option>
        <option value="onion">onion skin</option>
        <option value="flip">flip</option>
      </select>
    </label>
  );
}

/** The images of a tag that both runs have at the step of the slider, one laid over the other. */
export function Overlay({ pair, details, tag, step }: { pair: [Run, Run]; details: [string, Detail][]; tag: string; step: number }) {
  const [one, two] = pair.map((r) => upTo((details.find(([id]) => id === r.run_id)?.[1].media ?? []).filter((m) => m.tag === tag && m.kind === "image"), step));
  const shared = (one ?? []).flatMap((m, i) => (two?.[i] ? [[m, two[i]!] as const] : []));
  const seen = Number(veil.value) || 0;
  return (
    <div class="tiles">
      {shared.map(([m, n], i) => {
        const [below, above] = [provider.value.mediaUrl(m), provider.value.mediaUrl(n)];
        if (!below || !above) return <Tile key={i} id={pair[0].run_id} medium={m} />;
        return (
          <figure key={i} class="tile over" data-testid="overlay">
            <div class="stack">
              <img src={below} alt={`${tag} of ${nameOf(pair[0].run_id)}`} />
              <img src={above} alt={`${tag} of ${nameOf(pair[1].run_id)}`} style={{ opacity: seen }} />
            </div>
            <figcaption>
              {laid.value === "flip" ? (
                <button onClick={() => (veil.value = seen > 0.5 ? "0" : "1")}>flip: {nameOf(pair[seen > 0.5 ? 1 : 0].run_id)}</button>
              ) : (
                <label><span class="hidden">how much of the second is seen</span>{nameOf(pair[0].run_id)} <input type="range" min="0" max="1" step="0.05" value={seen} onInput={(e) => (veil.value = e.currentTarget.value)} /> {nameOf(pair[1].run_id)}</label>
              )}
              <span class="soft">{" "}step {(m.step ?? 0).toLocaleString("en")}{m.step === n.step ? "" : `, ${(n.step ?? 0).toLocaleString("en")}`}{mediaStep.value === "" ? ", the last" : ""}</span>
            </figcaption>
          </figure>
        );
      })}
      {!shared.length && <span class="soft">not both have a picture here</span>}
    </div>
  );
}
