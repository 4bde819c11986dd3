// The workbench's editor, a chunk of its own that only the app loads: colours, completion from the store's tables, keys.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export type Schema = Record<string, string[]>;

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  schema: Schema;
  /** Lets the page's policy take the editor's style sheets. */
  nonce: string;
  onChange: (text: string) => void;
  onRun: () => void;
}

export interface Editor {
  set: (text: string) => void;
  know: (schema: Schema) => void;
  end: () => void;
}

const COLORS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--sql-word)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--sql-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--sql-number)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--sql-name)" },
]);

const LOOKS = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--rule)", borderRadius: "6px", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace', lineHeight: "1.55", minHeight: "9em", maxHeight: "40vh" },
  ".cm-gutters": { backgroundColor: "var(--tint)", color: "var(--soft)", border: "0", borderRight: "1px solid var(--rule)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--bar) !important" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--bar)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "none", overflow: "hidden" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--rule)", borderRadius: "6px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--bar)", color: "var(--ink)" },
});

/** A browser that replaces coloured text by what is typed would colour that with inline styles, which the policy forbids. */
const replaced = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data ?? "";
    if (event.inputType !== "insertText" || empty || !text || event.isComposing) return false;
    event.preventDefault();
    const typed = () => view.state.update({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, userEvent: "input.type", scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((takes) => takes(view, from, to, text, typed))) view.dispatch(typed());
    return true;
  },
});

export function makeEditor({ parent, text, schema, nonce, onChange, onRun }: EditorOptions): Editor {
  const language = new Compartment();
  const speaks = (known: Schema): Extension => sql({ dialect: PostgreSQL, schema: known, upperCaseKeywords: true });
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        keymap.of([{ key: "Mod-Enter", run: () => (onRun(), true) }]),
        lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), autocompletion({ maxRenderedOptions: 10 }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
        language.of(speaks(schema)),
        syntaxHighlighting(COLORS),
        LOOKS,
        replaced,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ id: "query", "aria-labelledby": "query-label", "aria-describedby": "query-keys" }),
        EditorView.updateListener.of((u) => u.docChanged && onChange(u.state.doc.toString())),
      ],
    }),
  });
  return {
    set: (next) => next !== view.state.doc.toString() && view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    know: (known) => view.dispatch({ effects: language.reconfigure(speaks(known)) }),
    end: () => view.destroy(),
  };
}
