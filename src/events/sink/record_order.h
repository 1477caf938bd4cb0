// Where a record goes: the partition that it belongs to, and its place in the order of time.
//
//   MSEAVRO_ASSIGN(const FieldCatalog catalog, read_catalog(schema, first_datums, count, limits));
//   MSEAVRO_ASSIGN(const auto order, RecordOrder::make(schema, catalog, {.keys = {"date"},
//                                                                        .sort_by = "time"}));
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/read_plan.h"
#include "base/columns/column.h"
#include "base/time/time.h"
#include "events/role/field_catalog.h"
#include "events/role/role.h"
#include "events/source/input_files.h"
#include "mseavro/error.h"

namespace mseavro {

// What the record's time is called as a key of partitions, where it is its day, and of the order.
inline constexpr std::string_view kDateKey = "date";
inline constexpr std::string_view kTimeKey = "time";

struct OrderOptions {
  // What partitions are made of: fields, else keys of the folder that the record is from, else
  // roles (model_version); or `date`, the day of the record's time in UTC.
  std::vector<std::string> keys{};
  // A field of times or numbers, else `time` for the record's; empty: records stay in their order.
  std::string sort_by{};
  // Whether the time of each record is told with it; else it is the event's, found as a role.
  bool has_times = false;
  std::vector<std::string> path_keys{};  // Those that are told with the records.
  RoleQuestion roles{};  // How the event's time and version are found, where they are asked for.

  bool is_asked() const { return !keys.empty() || !sort_by.empty(); }
};

// Immutable and thread-safe.
class RecordOrder {
 public:
  // `catalog` has the fields of the schema; by its evidence the units of plain numbers are told.
  // Errors: kFieldMissing for a name that is no field and no role of one; kWrongRoleType for a
  // field that cannot be a key or be sorted by; those of FieldPath::parse and, for times, of
  // infer_roles.
  static Result<std::shared_ptr<const RecordOrder>> make(std::shared_ptr<const Schema> schema,
                                                         const FieldCatalog& catalog,
                                                         const OrderOptions& options);

  // What is to be read of the records.
  const std::shared_ptr<const ReadPlan>& plan() const { return plan_; }
  bool is_sorted() const { return sort_key_.has_value(); }
  bool has_times() const { return has_times_; }
  // The roles that were needed, and how they were found.
  const RoleMapping& roles() const { return roles_; }

  // As in "model_version=v7/date=2026-02-14". `time` is what was told of the record; kFirstInstant
  // when it has none, or when times are not told. Errors: kWrongRoleType for a value that is no
  // scalar, or no time.
  Result<std::string> partition_of(const ColumnBatch& batch, size_t row, Instant time,
                                   const PathKeys& path_keys) const;
  // What the record is sorted by, kFirstInstant if it has no such value. Errors: kWrongRoleType for
  // a value that is no time. REQUIRES: is_sorted().
  Result<int64_t> rank_of(const ColumnBatch& batch, size_t row, Instant time) const;

 private:
  struct Key {
    std::string name;
    std::optional<size_t> column{};     // Of the plan; nullopt: it is told.
    std::optional<TimeReading> time{};  // How the column is a time; nullopt: it is none.
    bool is_path_key = false;           // What is told: this, or the time.
  };

  RecordOrder() = default;
  Result<Key> bind(const std::string& name, std::string_view time_name, const FieldCatalog& catalog,
                   const OrderOptions& options);
  Result<Key> bind_time(const std::string& name, const FieldCatalog& catalog,
                        const OrderOptions& options);
  Result<Key> bind_role(const std::string& name, Role role, const FieldCatalog& catalog,
                        const OrderOptions& options);
  Status bind_sort_key(const FieldCatalog& catalog, const OrderOptions& options);
  Key add_column(const std::string& name, const FieldPath& path, std::optional<TimeReading> time);
  static Result<std::optional<Instant>> instant_of(const ColumnBatch& batch, size_t row,
                                                   const Key& key, Instant time);

  std::shared_ptr<const Schema> schema_;
  std::vector<ColumnRequest> requests_;
  std::vector<Key> keys_;
  std::optional<Key> sort_key_;
  bool has_times_ = false;
  RoleMapping roles_;
  std::shared_ptr<const ReadPlan> plan_;
};

}  // namespace mseavro
