#pragma once
#include <cstdint>
#include <string>
#include <vector>

// One function per subcommand of `testudo`. Each returns the exit code; all text for people goes to standard error when
// --json puts a document on standard output, else results go to standard output and complaints to standard error.
namespace testudo::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_differs = 1;  // testudo diff: the templates are both good, and not the same
inline constexpr int exit_failed = 1;   // the thing asked for could not be done; the message says what to do
inline constexpr int exit_usage = 2;    // the command line is wrong
inline constexpr int exit_template = 3; // the template has errors
// `up` or `down` was ended by SIGINT or SIGTERM, in good order. `serve` and `replay` are ended so as a rule: exit_ok.
inline constexpr int exit_interrupted = 130;

// Where things are kept and which libvirt is spoken to; the same for all commands.
struct Place {
    std::string state = "/var/lib/testudo";       // exercises/NAME/ with log, journal, secrets
    std::string images;                           // "" = STATE/images
    std::string host = "/run/testudo/range-host"; // private range host (deploy/range-host)
    std::string connect;                          // libvirt URI instead of the private range host
};

struct TemplateOptions {
    std::string file;
    bool json = false;
};
int validate(const TemplateOptions& options);
int plan(const TemplateOptions& options);

struct RehearseOptions {
    std::string file;
    std::vector<std::string> teams; // behaviours; none = all
    bool json = false;
    std::string html; // file to write the page to
};
int rehearse(const RehearseOptions& options);

struct DiffOptions {
    std::string from;
    std::string to;
    bool json = false;
};
int diff(const DiffOptions& options);

struct GraphOptions {
    std::string file;
    std::string format = "svg"; // or "dot", "mermaid"
    std::string team;           // "" = all
    std::string audience;       // a nation; "" = everything is shown
};
int graph(const GraphOptions& options);

struct SchemaOptions {
    bool part = false; // of an included file
};
int schema(const SchemaOptions& options);
int reference();

struct ExplainOptions {
    std::string code; // "" = all
    bool page = false;
    bool json = false;
};
int explain(const ExplainOptions& options);

struct ImportOptions {
    std::string format;
    std::vector<std::string> files;
    bool json = false;
};
int import_range(const ImportOptions& options);

struct UpOptions {
    Place place;
    std::string file;
    std::string hosts; // file with the inventory; "" = the one that is known, or but one host
    bool json = false;
};
int up(const UpOptions& options);

struct ExerciseOptions {
    Place place;
    std::string exercise; // name, or a template file that names it
    bool json = false;
};
int status(const ExerciseOptions& options);
int down(const ExerciseOptions& options);
int log_verify(const ExerciseOptions& options);
int log_show(const ExerciseOptions& options);

struct ServeOptions {
    Place place;
    std::string exercise;
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string ui;    // folder of the built pages
    std::string links; // file to write the address and sign-in links to, as JSON
    bool start = false;
};
int serve(const ServeOptions& options);

struct ReplayOptions {
    std::string file;
    std::string address = "127.0.0.1";
    std::uint16_t port = 8081;
    std::string ui;
    std::string links;
};
int replay(const ReplayOptions& options);

struct ArchiveOptions {
    Place place;
    std::string exercise;
    std::string output;
};
int archive(const ArchiveOptions& options);

struct ConsoleOptions {
    Place place;
    std::string exercise;
    std::string machine;
};
int console(const ConsoleOptions& options);

struct ImageOptions {
    Place place;
    std::vector<std::string> names; // of images; none = all
    bool json = false;
};
int image_list(const ImageOptions& options);
int image_verify(const ImageOptions& options);
int image_build(const ImageOptions& options);

struct ImageImportOptions {
    Place place;
    std::string file;
    std::string name;
    std::string kind = "vm";
    std::string label; // "" = EXERCISE UNCLASSIFIED
    bool json = false;
};
int image_import(const ImageImportOptions& options);

struct DoctorOptions {
    Place place;
    std::string file; // template; "" = any
    std::uint16_t port = 8080;
    bool port_chosen = false;
    bool json = false;
};
int doctor(const DoctorOptions& options);

// Acts of the white team on a running controller, by its HTTP API.
struct ResetOptions {
    Place place;
    std::string exercise;
    std::string team;    // all machines of this team, or
    std::string machine; // this one
    bool requested = false;
    std::string reason;
    std::string snapshot; // that it is rolled back to; "" = its image
    bool json = false;
};
int reset(const ResetOptions& options);

struct SnapshotOptions {
    Place place;
    std::string exercise;
    std::string name;    // "" = list them
    std::string team;    // all machines of this team, or
    std::string machine; // this one
    bool json = false;
};
int snapshot(const SnapshotOptions& options);

struct EvacuateOptions {
    Place place;
    std::string exercise;
    std::string host; // of the plan
    bool json = false;
};
int evacuate(const EvacuateOptions& options);

struct IsolationOptions {
    Place place;
    std::string exercise;
    std::string html; // file to write; "" = none
    bool json = false;
};
int isolation(const IsolationOptions& options);

struct SteerOptions {
    Place place;
    std::string exercise;
    std::string act;    // "start", "pause", "resume", "end", or "fire", "hold", "release", "skip"
    std::string inject; // for the latter four
    std::string team;   // "" = all
    std::string reason;
    bool json = false;
};
int steer(const SteerOptions& options);

} // namespace testudo::cli
