using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The history of each group of a row's group column. Memory: a window per group, until the group is forgotten.</summary>
internal abstract class GroupHistories
{
    /// <summary>The number of groups that have a history.</summary>
    public abstract int Count { get; }

    /// <summary>The history of the group that the row is of at the time of the call; a new one for a new group.</summary>
    public abstract SeriesHistory Current();

    /// <summary>Drops the history of the row's group; false when there was none.</summary>
    public abstract bool Forget();

    /// <summary>Drops all histories.</summary>
    public abstract void Clear();

    public abstract void Save(BinaryWriter writer);

    /// <summary>Takes what <see cref="Save"/> wrote, to the reader's end, in place of the histories at hand, which stay when it cannot be
    /// read.</summary>
    /// <exception cref="InvalidDataException">The data is not that of histories.</exception>
    public abstract void Restore(BinaryReader reader);

    /// <param name="row">The row whose groups are told apart.</param>
    /// <param name="column">Its group column; null: all rows are one group.</param>
    /// <param name="create">Makes the history of a new group.</param>
    public static GroupHistories Create(DataViewRow row, DataViewSchema.Column? column, Func<SeriesHistory> create)
    {
        if (column is not { } group)
            return new ByValue<bool>((ref bool value) => value = false, create);
        if (group.Type is TextDataViewType)
            return new ByText(row.GetGetter<ReadOnlyMemory<char>>(group), create);
        var type = typeof(ByColumn<>).MakeGenericType(group.Type.RawType);
        return (GroupHistories)Activator.CreateInstance(type, row, group, create)!;
    }

    private abstract class Keyed<TKey>(Func<SeriesHistory> create) : GroupHistories
        where TKey : notnull
    {
        protected Dictionary<TKey, SeriesHistory> Histories { get; private set; } = [];

        public override int Count => Histories.Count;

        public override void Clear() => Histories.Clear();

        // int32 groups, then each group's value and history
        public override void Save(BinaryWriter writer)
        {
            writer.Write(Histories.Count);
            foreach (var (group, history) in Histories)
            {
                GroupValues.Write(writer, group);
                history.Save(writer);
            }
        }

        public override void Restore(BinaryReader reader)
        {
            var restored = new Dictionary<TKey, SeriesHistory>();
            int count = reader.ReadInt32();
            for (int i = 0; i < count; i++)
            {
                var group = GroupValues.Read<TKey>(reader);
                var history = Make();
                history.Restore(reader);
                if (!restored.TryAdd(group, history))
                    throw new InvalidDataException($"two histories of the group '{group}'");
            }
            if (reader.BaseStream.Position != reader.BaseStream.Length)
                throw new InvalidDataException($"there is more than the histories of {count} groups");
            Histories = restored;
        }

        protected SeriesHistory Make() => create();
    }

    private class ByValue<T>(ValueGetter<T> get, Func<SeriesHistory> create) : Keyed<T>(create)
        where T : notnull
    {
        private T _value = default!;

        public override SeriesHistory Current()
        {
            get(ref _value);
            if (!Histories.TryGetValue(_value, out var history)) // NaN equals NaN here
                Histories.Add(_value, history = Make());
            return history;
        }

        public override bool Forget()
        {
            get(ref _value);
            return Histories.Remove(_value);
        }
    }

    private sealed class ByColumn<T>(DataViewRow row, DataViewSchema.Column column, Func<SeriesHistory> create)
        : ByValue<T>(row.GetGetter<T>(column), create)
        where T : notnull;

    // Found by the text's characters: a string is made for a new group only.
    private sealed class ByText(ValueGetter<ReadOnlyMemory<char>> get, Func<SeriesHistory> create) : Keyed<string>(create)
    {
        private ReadOnlyMemory<char> _value;

        public override SeriesHistory Current()
        {
            get(ref _value);
            if (!Histories.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(_value.Span, out var history))
                Histories.Add(_value.ToString(), history = Make());
            return history;
        }

        public override bool Forget()
        {
            get(ref _value);
            return Histories.GetAlternateLookup<ReadOnlySpan<char>>().Remove(_value.Span);
        }
    }
}
