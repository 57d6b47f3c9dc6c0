namespace MlNetRnn;

/// <summary>A part of training that carries something from epoch to epoch.</summary>
internal interface IStateful
{
    /// <summary>Writes what it carries at the end of an epoch.</summary>
    void Write(BinaryWriter writer);

    /// <summary>Takes what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">That is of another fit; the message says in what it differs.</exception>
    void Read(BinaryReader reader);
}
