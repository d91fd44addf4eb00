import {
  currentProfile,
  type ResolvedSetting,
  resolveSettings,
  type SettingSource,
} from "../../client/settings/settings.ts";
import { formatDuration } from "../../core/duration.ts";
import { print, printJson } from "../output/print.ts";
import { out } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";

export interface ViewOptions {
  readonly hideDefaults?: boolean;
  readonly showSecrets?: boolean;
  readonly json?: boolean;
}

const MASK = "********";

export function view(options: ViewOptions): void {
  const profile = currentProfile();
  const settings = resolveSettings().filter(
    ({ source }) => options.hideDefaults !== true || source.kind !== "default",
  );
  const value = ({ row, value: given }: ResolvedSetting): string | number | boolean | null =>
    row.type === "secret" && given !== null && options.showSecrets !== true ? MASK : given;
  if (options.json === true) {
    printJson({
      profile: profile.name,
      settings: settings.map((setting) => ({
        name: setting.row.name,
        env: setting.row.env,
        value: value(setting),
        source: setting.source.kind,
        from: placeOf(setting.source),
      })),
    });
    return;
  }
  print(
    `${out.dim("Profile")} ${profile.name} ${out.dim(profile.values.size === 0 ? "(nothing set in it)" : profile.file)}\n`,
  );
  const columns: readonly Column<ResolvedSetting>[] = [
    { title: "SETTING", text: ({ row }) => row.name },
    { title: "VALUE", text: (setting) => showText(setting, value(setting)), flexible: true },
    {
      title: "FROM",
      text: ({ source }) => placeOf(source),
      paint: ({ source }) => (source.kind === "default" ? out.dim : out.cyan),
    },
  ];
  printTable(columns, settings);
}

/** A duration was written with a unit, and is shown with one. */
function showText({ row }: ResolvedSetting, value: string | number | boolean | null): string {
  if (value === null) return "";
  return row.type === "duration" && typeof value === "number" ? formatDuration(value) : String(value);
}

function placeOf(source: SettingSource): string {
  switch (source.kind) {
    case "env":
      return source.name;
    case "profile":
      return source.line === undefined ? source.file : `${source.file}:${source.line}`;
    case "default":
      return "default";
  }
}
