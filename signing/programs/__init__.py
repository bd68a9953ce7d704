"""What partners' programs are told and may do: newsletters of their own, who agreed to what."""
