// testudo: validate, plan, provision, serve, steer and replay cyber-defence exercises. Only reads the command line; the
// work is in the file named after each subcommand.

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <system_error>

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/import/formats.hpp"

namespace {

using namespace testudo::cli;

void add_place(CLI::App& command, Place& place, bool libvirt) {
    command.add_option("--state", place.state, "Folder that exercises and images are kept in")
        ->envname("TESTUDO_STATE")
        ->capture_default_str();
    if (!libvirt)
        return;
    command.add_option("--images", place.images, "Image store (default: STATE/images)")->envname("TESTUDO_IMAGES");
    command.add_option("--host", place.host, "Folder of the private range host (deploy/range-host)")
        ->envname("TESTUDO_HOST")
        ->capture_default_str();
    command.add_option("--connect", place.connect, "Use this libvirt instead, e.g. qemu:///system");
}

// What `reset` and `rollback` have in common.
void add_which(CLI::App& command, ResetOptions& options) {
    auto* which = command.add_option_group("WHICH", "Exactly one of these");
    which->add_option("--team", options.team, "All machines of this team");
    which->add_option("--machine", options.machine, "This machine, e.g. portal@north");
    which->require_option(1);
    command.add_flag("--requested", options.requested,
                     "The team asked for it: the outage counts, unless the template says otherwise");
    command.add_option("--reason", options.reason, "Why; goes into the log");
    command.add_flag("--json", options.json, "Print a JSON document");
    add_place(command, options.place, true);
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app("Testudo runs multinational cyber-defence exercises on libvirt: one YAML file becomes networks, "
                 "machines, a timeline, "
                 "a score and a replay.");
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("testudo ") + TESTUDO_VERSION);
    app.footer(
        "Exit codes: 0 done, 1 could not be done, 2 wrong command line, 3 the template has errors,\n"
        "130 `up` or `down` was interrupted before its work was done. SIGINT and SIGTERM are how `serve` and `replay`\n"
        "are ended: they answer with 0.\n"
        "`testudo SUBCOMMAND --help` explains each.");
    app.fallthrough(false);

    std::function<int()> chosen;
    const auto command = [&](CLI::App& parent, const std::string& name, const std::string& what, auto run) {
        auto* sub = parent.add_subcommand(name, what);
        sub->callback([&chosen, run] { chosen = run; });
        return sub;
    };

    TemplateOptions file;
    for (const auto& [name, what, act] :
         {std::tuple("validate", "Check a range template; every error with its place and a hint", &validate),
          std::tuple("plan", "Show what a template would make: segments, machines, addresses, memory, time", &plan)}) {
        auto* sub = command(app, name, what, [&file, act = act] { return act(file); });
        sub->add_option("FILE", file.file, "The range template")->required();
        sub->add_flag("--json", file.json, "Print a JSON document");
    }

    GraphOptions graph_options;
    auto* graph_command = command(app, "graph", "Draw a template's range: segments, machines, rules and checks",
                                  [&] { return graph(graph_options); });
    graph_command->add_option("FILE", graph_options.file, "The range template")->required();
    graph_command->add_option("--format", graph_options.format, "In which language")
        ->check(CLI::IsMember({"svg", "dot", "mermaid"}))
        ->capture_default_str();
    graph_command->add_option("--team", graph_options.team,
                              "This blue team's range as it may see it: its name or number");
    graph_command->add_option("--audience", graph_options.audience,
                              "Who looks at it: a nation, for what its teams may see, or white, for everything");

    SchemaOptions schema_options;
    command(app, "schema", "Print the JSON Schema of templates, for editors", [&] {
        return schema(schema_options);
    })->add_flag("--part", schema_options.part, "Of the files that templates include, instead");
    command(app, "reference", "Print the reference of all keys (docs/template-reference.md)", &reference);
    ExplainOptions explain_options;
    auto* explain_command =
        command(app, "explain", "Explain the code of a diagnostic", [&] { return explain(explain_options); });
    explain_command->add_option("CODE", explain_options.code, "T0403; without it all codes are listed");
    explain_command->add_flag("--page", explain_options.page, "Print docs/diagnostics.md");
    explain_command->add_flag("--json", explain_options.json, "Print a JSON document");

    RehearseOptions rehearse_options;
    auto* rehearse_command =
        command(app, "rehearse", "Play a template's whole timeline in virtual time, with simulated machines and teams",
                [&] { return rehearse(rehearse_options); });
    rehearse_command->add_option("FILE", rehearse_options.file, "The range template")->required();
    rehearse_command->add_option("--team", rehearse_options.teams, "How the teams behave; all three if not given")
        ->check(CLI::IsMember({"perfect", "average", "absent"}));
    rehearse_command->add_flag("--json", rehearse_options.json, "Print a JSON document");
    rehearse_command->add_option("--html", rehearse_options.html, "Write a page with pictures to this file");

    DiffOptions diff_options;
    auto* diff_command =
        command(app, "diff", "Show what changes from one template to another, why, and what it means on the range",
                [&] { return diff(diff_options); });
    diff_command->add_option("FROM", diff_options.from, "A range template")->required();
    diff_command->add_option("TO", diff_options.to, "Another, or a later version of it")->required();
    diff_command->add_flag("--json", diff_options.json, "Print a JSON document");
    diff_command->footer(
        "Exit codes: 0 no difference, 1 there are some, 2 wrong command line, 3 a template has errors.");

    ImportOptions import_options;
    std::vector<std::string> import_names;
    std::string import_help = "Formats:\n";
    for (const auto& format : testudo::import_::formats()) {
        import_names.emplace_back(format.name);
        import_help += "  " + std::string(format.name) + std::string(14 - format.name.size(), ' ') +
                       std::string(format.what) + (format.several ? "; several files\n" : "\n");
    }
    auto* import_command = command(
        app, "import", "Write another platform's range or exercise as a template, and tell what did not come over",
        [&] { return import_range(import_options); });
    import_command->add_option("FORMAT", import_options.format, "What the file is")
        ->required()
        ->check(CLI::IsMember(import_names));
    import_command->add_option("FILE", import_options.files, "The file, or those that belong together")
        ->required()
        ->expected(1, 16);
    import_command->add_flag("--json", import_options.json, "Print template and report as one JSON document");
    import_command->footer(
        import_help +
        "The template goes to standard output, the report to standard error (docs/import.md).\n"
        "Exit codes: 0 a template was written, 1 not possible, 2 wrong command line, 3 the file has errors.");

    UpOptions up_options;
    auto* up_command = command(app, "up", "Provision a template's range; a second time changes nothing",
                               [&] { return up(up_options); });
    up_command->add_option("FILE", up_options.file, "The range template")->required();
    up_command->add_option("--hosts", up_options.hosts,
                           "Where the hosts of the template are, as JSON (docs/template.md); later commands know it");
    up_command->add_flag("--json", up_options.json, "Print the result as a JSON document");
    add_place(*up_command, up_options.place, true);

    ExerciseOptions exercise;
    const auto exercise_command = [&](CLI::App& parent, const std::string& name, const std::string& what, auto act,
                                      bool libvirt, const std::string& json) {
        auto* sub = command(parent, name, what, [&exercise, act] { return act(exercise); });
        sub->add_option("EXERCISE", exercise.exercise, "Its name, or its template")->required();
        sub->add_flag("--json", exercise.json, json);
        add_place(*sub, exercise.place, libvirt);
        return sub;
    };
    exercise_command(app, "status", "Show what of an exercise's range is there", &status, true,
                     "Print a JSON document");
    exercise_command(app, "down", "Remove everything of an exercise's range; its log stays", &down, true,
                     "Print a JSON document");

    ResetOptions reset_options;
    auto* reset_command = command(app, "reset", "Make a machine, or all machines of a team, anew from their images",
                                  [&] { return reset(reset_options); });
    reset_command->add_option("EXERCISE", reset_options.exercise, "Its name, or its template")->required();
    add_which(*reset_command, reset_options);
    reset_command->footer(
        "Timeline and score history stay as they are. Where the exercise is served, its controller does\n"
        "it, and the log tells of it.");

    SnapshotOptions snapshot_options;
    auto* snapshot_command =
        command(app, "snapshot", "Keep machines as they are now; without a name, list what was kept",
                [&] { return snapshot(snapshot_options); });
    snapshot_command->add_option("EXERCISE", snapshot_options.exercise, "Its name, or its template")->required();
    snapshot_command->add_option("NAME", snapshot_options.name, "What it is called, e.g. before-the-attack");
    auto* kept = snapshot_command->add_option_group("WHICH", "With a name: exactly one of these");
    kept->add_option("--team", snapshot_options.team, "All machines of this team");
    kept->add_option("--machine", snapshot_options.machine, "This machine, e.g. portal@north");
    snapshot_command->add_flag("--json", snapshot_options.json, "Print a JSON document");
    add_place(*snapshot_command, snapshot_options.place, true);
    snapshot_command->footer(
        "Of a virtual machine memory and disk are kept, of a container its files: its programs start anew\n"
        "when it is rolled back. The same name again replaces what was kept of these machines. Snapshots\n"
        "go with the range (`testudo down`).");

    ResetOptions rollback_options;
    auto* rollback_command = command(app, "rollback", "Put a machine, or all machines of a team, back to a snapshot",
                                     [&] { return reset(rollback_options); });
    rollback_command->add_option("EXERCISE", rollback_options.exercise, "Its name, or its template")->required();
    rollback_command->add_option("NAME", rollback_options.snapshot, "Of the snapshot")->required();
    add_which(*rollback_command, rollback_options);
    rollback_command->footer(
        "Refused, with nothing touched, unless all of these machines were kept under that name, from the\n"
        "same template. Timeline and score history stay as they are.");

    EvacuateOptions evacuate_options;
    auto* evacuate_command = command(app, "evacuate", "Make the machines of a lost host anew on the others",
                                     [&] { return evacuate(evacuate_options); });
    evacuate_command->add_option("EXERCISE", evacuate_options.exercise, "Its name, or its template")->required();
    evacuate_command->add_option("--host", evacuate_options.host, "The host, as the template calls it")->required();
    evacuate_command->add_flag("--json", evacuate_options.json, "Print a JSON document");
    evacuate_command->add_option("--state", evacuate_options.place.state, "Folder that exercises are kept in")
        ->envname("TESTUDO_STATE")
        ->capture_default_str();
    evacuate_command->add_option("--images", evacuate_options.place.images, "Image store (default: STATE/images)")
        ->envname("TESTUDO_IMAGES");
    evacuate_command->footer(
        "All other machines stay where they are. What is left on the host is removed once it is back and\n"
        "`testudo up` or this command is run again.");

    IsolationOptions isolation_options;
    auto* isolation_command = command(app, "isolation", "Show that a range is closed, by trying from inside",
                                      [&] { return isolation(isolation_options); });
    isolation_command->add_option("EXERCISE", isolation_options.exercise, "Its name, or its template")->required();
    isolation_command->add_option("--html", isolation_options.html, "Write the whole report to this file");
    isolation_command->add_flag("--json", isolation_options.json, "Print the whole report as a JSON document");
    add_place(*isolation_command, isolation_options.place, true);
    isolation_command->footer(
        "Agents look for strangers on their segments, knock at other teams, at the controller and at what\n"
        "lies beyond, and try the ways that have to be open. Where the exercise is served, its controller\n"
        "does it, and the report goes into the log. Exit code 1: not all is as planned.");

    ServeOptions serve_options;
    auto* serve_command = command(app, "serve", "Run the exercise of a provisioned range, with its pages",
                                  [&] { return serve(serve_options); });
    serve_command->add_option("EXERCISE", serve_options.exercise, "Its name")->required();
    serve_command->add_option("--address", serve_options.address, "Address to listen on")->capture_default_str();
    serve_command->add_option("--port", serve_options.port, "Port to listen on; 0 takes a free one")
        ->capture_default_str();
    serve_command->add_option("--ui", serve_options.ui, "Folder of the built pages")->envname("TESTUDO_UI");
    serve_command->add_option("--links", serve_options.links,
                              "Write address and sign-in links to this file (JSON, mode 0600)");
    serve_command->add_flag("--start", serve_options.start, "STARTEX as soon as all machines are ready");
    add_place(*serve_command, serve_options.place, true);
    const std::string ended_by_signal = "Ctrl-C (SIGINT) or SIGTERM ends it in good order, with exit code 0.";
    serve_command->footer(ended_by_signal);

    SteerOptions steer_options;
    auto* exercise_group = app.add_subcommand("exercise", "Steer a served exercise");
    exercise_group->require_subcommand(1);
    for (const auto& [name, what] : {std::pair("start", "STARTEX"), std::pair("pause", "Stop exercise time"),
                                     std::pair("resume", "Let exercise time run again"), std::pair("end", "ENDEX")}) {
        auto* sub = command(*exercise_group, name, what, [&steer_options, act = std::string(name)] {
            steer_options.act = act;
            return steer(steer_options);
        });
        sub->add_option("EXERCISE", steer_options.exercise, "Its name")->required();
        sub->add_option("--reason", steer_options.reason, "Why; goes into the log");
        sub->add_flag("--json", steer_options.json, "Print the answer as JSON");
        add_place(*sub, steer_options.place, false);
    }
    auto* inject_group = app.add_subcommand("inject", "Fire, hold, release or skip an inject of a served exercise");
    inject_group->require_subcommand(1);
    for (const auto& [name, what] : {std::pair("fire", "Fire it now"), std::pair("hold", "Keep it from firing"),
                                     std::pair("release", "End a hold"), std::pair("skip", "Never fire it")}) {
        auto* sub = command(*inject_group, name, what, [&steer_options, act = std::string(name)] {
            steer_options.act = act;
            return steer(steer_options);
        });
        sub->add_option("EXERCISE", steer_options.exercise, "Its name")->required();
        sub->add_option("INJECT", steer_options.inject, "Its id in the template")->required();
        sub->add_option("--team", steer_options.team, "For this team only");
        sub->add_option("--reason", steer_options.reason, "Why; goes into the log");
        sub->add_flag("--json", steer_options.json, "Print the answer as JSON");
        add_place(*sub, steer_options.place, false);
    }

    auto* log_group = app.add_subcommand("log", "The event log of an exercise");
    log_group->require_subcommand(1);
    exercise_command(*log_group, "verify", "Recompute the hash chain", &log_verify, false, "Print a JSON document");
    exercise_command(*log_group, "show", "Print the events, a line each", &log_show, false,
                     "Print each event as a line of JSON (JSON Lines)");

    ArchiveOptions archive_options;
    auto* archive_command = command(app, "archive", "Write an exercise's log to one file that `testudo replay` reads",
                                    [&] { return archive(archive_options); });
    archive_command->add_option("EXERCISE", archive_options.exercise, "Its name")->required();
    archive_command->add_option("--output,-o", archive_options.output, "The file to write; must not exist")->required();
    add_place(*archive_command, archive_options.place, false);

    ReplayOptions replay_options;
    auto* replay_command =
        command(app, "replay", "Serve the pages for any moment of an archived exercise; needs neither root nor libvirt",
                [&] { return replay(replay_options); });
    replay_command->add_option("FILE", replay_options.file, "What `testudo archive` wrote")->required();
    replay_command->add_option("--address", replay_options.address, "Address to listen on")->capture_default_str();
    replay_command->add_option("--port", replay_options.port, "Port to listen on; 0 takes a free one")
        ->capture_default_str();
    replay_command->add_option("--ui", replay_options.ui, "Folder of the built pages")->envname("TESTUDO_UI");
    replay_command->add_option("--links", replay_options.links,
                               "Write address and sign-in links to this file (JSON, mode 0600)");
    replay_command->footer(ended_by_signal);

    ConsoleOptions console_options;
    auto* console_command =
        command(app, "console", "Attach this terminal to the login console of a machine (leave with Ctrl-])",
                [&] { return console(console_options); });
    console_command->add_option("EXERCISE", console_options.exercise, "Its name")->required();
    console_command->add_option("MACHINE", console_options.machine, "Machine and team: portal@north")->required();
    add_place(*console_command, console_options.place, true);

    auto* image_group = app.add_subcommand("image", "The images that machines are made from");
    image_group->require_subcommand(1);
    ImageOptions image_options;
    for (const auto& [name, what, act] :
         {std::tuple("list", "Show what is in the store, what it takes, and who uses it", &image_list),
          std::tuple("verify", "Read every byte of them and compare with what was built", &image_verify),
          std::tuple("build", "Build them from their recipes (deploy/images)", &image_build)}) {
        auto* sub = command(*image_group, name, what, [&image_options, act = act] { return act(image_options); });
        sub->add_option("NAME", image_options.names, "These only");
        sub->add_flag("--json", image_options.json, "Print a JSON document");
        add_place(*sub, image_options.place, true);
    }
    ImageImportOptions image_import_options;
    auto* image_import_command =
        command(*image_group, "import", "Take a stock cloud image (qcow2 or raw, with cloud-init) into the store",
                [&] { return image_import(image_import_options); });
    image_import_command->add_option("FILE", image_import_options.file, "The disk")->required();
    image_import_command->add_option("--name", image_import_options.name, "What templates call it")->required();
    image_import_command->add_option("--kind", image_import_options.kind, "Of the machines made from it")
        ->check(CLI::IsMember({"vm"}))
        ->capture_default_str();
    image_import_command->add_option("--label", image_import_options.label,
                                     "Its label, in the words of templates (EXERCISE UNCLASSIFIED)");
    image_import_command->add_flag("--json", image_import_options.json, "Print a JSON document");
    add_place(*image_import_command, image_import_options.place, true);

    DoctorOptions doctor_options;
    auto* doctor_command = command(app, "doctor", "Tell whether this machine can run a template, and what to do if not",
                                   [&] { return doctor(doctor_options); });
    doctor_command->add_option("FILE", doctor_options.file, "The range template; without it, what any needs");
    auto* doctor_port = doctor_command->add_option("--port", doctor_options.port, "Port that `serve` will listen on")
                            ->capture_default_str();
    doctor_command->add_flag("--json", doctor_options.json, "Print a JSON document");
    add_place(*doctor_command, doctor_options.place, true);
    doctor_command->footer("Exit codes: 0 it can, warnings or not; 1 something is in the way; 2 wrong command line;\n"
                           "3 the template has errors.");

    try {
        app.parse(argc, argv);
        doctor_options.port_chosen = doctor_port->count() > 0;
    } catch (const CLI::CallForHelp& e) {
        return app.exit(e);
    } catch (const CLI::CallForAllHelp& e) {
        return app.exit(e);
    } catch (const CLI::CallForVersion& e) {
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        app.exit(e);
        return exit_usage;
    }
    // What was redirected to a full disk is not whole, however good the rest is.
    const testudo::Error unwritten("output", "", "standard output could not be written to its end");
    try {
        const auto code = chosen();
        return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? code : complain(unwritten);
    } catch (const std::system_error& e) {
        if (std::ferror(stdout) != 0) // fmt::print throws as the journal does
            return complain(unwritten);
        // The journal: nothing is done that is not in it.
        return complain(testudo::Error("state.unwritable", "",
                                       std::string(e.what()) + "; mend that and run the same command again"));
    } catch (const std::exception& e) {
        if (std::ferror(stdout) != 0)
            return complain(unwritten);
        std::cerr << "testudo: internal fault: " << e.what() << "\n";
        return exit_failed;
    }
}
