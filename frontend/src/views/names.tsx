// Names that seem to mean one metric: proposed, confirmed, taken back. What is confirmed is drawn under one name.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../http";
import { fail, overview } from "../state";

interface Answer {
  proposals: { metric: string; names: string[]; runs: number }[];
  aliases: Record<string, string>;
}

export function Names() {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const say = async (body?: unknown) => {
    const found = (await (await ask("names", {}, body)).json()) as Answer;
    setAnswer(found);
    if (body) overview.value = { ...overview.value, aliases: found.aliases };
  };
  useEffect(() => void say().catch(fail), [overview.value.metrics]);
  const settled = Object.entries(answer?.aliases ?? {});
  if (!answer || (!answer.proposals.length && !settled.length)) return null;
  return (
    <details class="names" data-testid="names">
      <summary>Names: {answer.proposals.length} proposed, {settled.length} confirmed</summary>
      <p class="note">Lines that runs logged under a confirmed name are drawn in the chart of its metric. Tables keep the names as they were read.</p>
      <ul>
        {answer.proposals.map((p) => (
          <li key={p.metric}>
            <code>{p.names.join(", ")}</code> mean <code>{p.metric}</code> <span class="soft">in {p.runs.toLocaleString("en")} runs</span>
            <button onClick={() => void say({ metric: p.metric, names: p.names }).catch(fail)} aria-label={`confirm that ${p.names.join(", ")} mean ${p.metric}`}>Confirm</button>
          </li>
        ))}
        {settled.map(([name, metric]) => (
          <li key={name}>
            <code>{name}</code> means <code>{metric}</code>
            <button class="plain" onClick={() => void say({ undo: name }).catch(fail)} aria-label={`undo ${name}`}>undo</button>
          </li>
        ))}
      </ul>
    </details>
  );
}
